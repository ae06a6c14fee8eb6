/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_COUNTERS_THREAD_END_H
#define MSHIM_LIBRARY_COUNTERS_THREAD_END_H

/* Asks that mshim_record_release be called when this thread ends. Set up once, before there are threads;
 * until then it is a no-op, and a thread's record stays its own. */
void mshim_thread_end_start(void);
void mshim_thread_end_expected(void);

#endif
