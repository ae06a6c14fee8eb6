/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_STATS_FILE_LEFTOVERS_H
#define MSHIM_LIBRARY_STATS_FILE_LEFTOVERS_H

/*
 * A bound on the stats files that dead processes leave in a folder: /dev/shm is 64 MiB in a container, and a parent
 * may kill thousands of workers. Whenever a process starts, is forked, or ends after it has forked, it looks at the
 * folder; where the files of dead processes hold more than MSHIM_LEFTOVERS_MAX_BYTES, the oldest are removed until
 * they hold no more than MSHIM_LEFTOVERS_KEPT_BYTES.
 *
 * Looking costs a kill(2) a file, and little more as long as nothing is to be removed. Files whose process id is in
 * use are not opened, but for one in sixteen, which stand for all: some are of processes that nobody has waited for
 * yet, or whose id another process has got. The files of processes that have become, by exec, a program without the
 * shim stay: there are no more of them than processes; `mshim gc` removes them.
 */

#include <stdbool.h>

enum { MSHIM_LEFTOVERS_MAX_BYTES = 1 << 20, MSHIM_LEFTOVERS_KEPT_BYTES = 512 << 10 };

/* Allocates nothing. Does nothing while another thread is at it. `always` false: where there are many files only some
 * of the processes do it. */
void mshim_leftovers_bound(int folder, bool always);

/* The same down to nothing: there was no space left. */
void mshim_leftovers_remove(int folder);

/* In a forked child: who held the lock is not there. */
void mshim_leftovers_fork_child(void);

#endif
