/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_SIGNALS_H
#define MSHIM_LIBRARY_PROCESS_SIGNALS_H

/* Writing where nobody reads, or beyond a limit, must not end the program: what signal comes of it while
 * `function` runs is taken back. */
void mshim_without_signals(void (*function)(void));

#endif
