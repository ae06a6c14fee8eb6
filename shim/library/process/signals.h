/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_SIGNALS_H
#define MSHIM_LIBRARY_PROCESS_SIGNALS_H

/* Runs `function` with SIGPIPE and SIGXFSZ blocked, and discards those that it caused: writing to a closed
 * pipe or beyond a file size limit must not end the program. */
void mshim_without_signals(void (*function)(void));

#endif
