/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_EXIT_H
#define MSHIM_LIBRARY_PROCESS_EXIT_H

/*
 * What is done when the process ends: the report, if one is wanted from it and none has been written yet, and
 * the end of its stats file. Does nothing in a child that shares its parent's memory. Allocates nothing,
 * keeps errno.
 */

/* By exit and quick_exit, which no signal handler and no child of vfork may call. */
void mshim_exit(void);

/* By _exit, which both may: waits for no lock that the interrupted thread might hold. */
void mshim_exit_immediately(void);

#endif
