/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_READY_H
#define MSHIM_COMMAND_COMPARE_READY_H

#include <stdbool.h>

/* Is what a server is waited for a port, and not a text? */
bool mshim_ready_port(const char *text, unsigned *port);

/* Does something listen on the port, on this machine? */
bool mshim_ready_port_accepts(unsigned port);

#endif
