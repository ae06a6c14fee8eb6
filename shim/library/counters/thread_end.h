/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_COUNTERS_THREAD_END_H
#define MSHIM_LIBRARY_COUNTERS_THREAD_END_H

/* `release` is to be called by each thread that ends and has asked for it. To be set once, before there are
 * threads; until then asking does nothing. */
void mshim_thread_end_start(void (*release)(void));

/* Asks for it: for the calling thread. */
void mshim_thread_end_expected(void);

#endif
