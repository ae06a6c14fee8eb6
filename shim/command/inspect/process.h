/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_PROCESS_H
#define MSHIM_COMMAND_INSPECT_PROCESS_H

/* Other processes as /proc shows them. They may end or exec at any time. */

#include "command/inspect/marker.h"

/* Why there is no marker in a process: a sentence without its full stop. */
void mshim_process_explain(pid_t pid, const struct mshim_marker *marker, char *why, size_t size);

/* Reads a process id: a decimal number from 1 on. */
bool mshim_pid_parse(const char *text, pid_t *pid);

/* Its name as the kernel has it; "?" where it is not known. */
void mshim_process_name(pid_t pid, char name[32]);

#endif
