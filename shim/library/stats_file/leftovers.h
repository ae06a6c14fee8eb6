/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_STATS_FILE_LEFTOVERS_H
#define MSHIM_LIBRARY_STATS_FILE_LEFTOVERS_H

/* The stats files that dead processes left. */

/* Where there are more than MSHIM_LEFTOVERS_FILES files in the folder, removes those of dead processes but
 * for the newest MSHIM_LEFTOVERS_KEPT: most starts only count. The files of processes that have become, by
 * exec, a program without the shim stay: there are no more of them than processes, and to tell them from
 * files in use each start would have to open them all; `mshim gc` does. Allocates nothing. By one thread at a
 * time. */
enum { MSHIM_LEFTOVERS_FILES = 256, MSHIM_LEFTOVERS_KEPT = 128 };

void mshim_leftovers_bound(int folder);

#endif
