/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_MESSAGES_H
#define MSHIM_LIBRARY_PROCESS_MESSAGES_H

/* The two things that the library may say, on stderr. */

#include "shared/options/options.h"

/* Keeps the message for an invalid value (the first one) until it is known whether this process is the one
 * that prints it. */
void mshim_message_keep(const struct mshim_option *row, const char *value, void *context);
void mshim_message_print_kept(void);

/* MSHIM_VERBOSE=on: version, libc, allocator and its version, what is on. */
void mshim_message_verbose(void);

#endif
