/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_END_H
#define MSHIM_LIBRARY_PROCESS_END_H

/* Remembers where the report goes (MSHIM_REPORT): a relative path is meant from the folder that the process
 * was started in. */
void mshim_end_start(void);

/*
 * All that is to be done when the process ends: the report, if one is wanted from it and none has been
 * written; and the page of live counters goes. Does nothing in a child that shares its parent's memory.
 * Allocates nothing, keeps errno.
 */
void mshim_end(void);

/* In a forked child: its report is its own, and still to come. */
void mshim_end_fork_child(void);

#endif
