/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_STATS_FILE_LEFTOVERS_H
#define MSHIM_LIBRARY_STATS_FILE_LEFTOVERS_H

/* What dead processes left. */

/* Where there are more than MSHIM_LEFTOVERS_FILES files in the folder, removes what dead processes left but
 * for the newest MSHIM_LEFTOVERS_KEPT: so most starts only count. Those of processes that have become a
 * program that is not served stay: they are no more than there are processes, and to tell them from pages in
 * use each start would have to open them all; `mshim gc` does. Allocates nothing. By one thread at a time. */
enum { MSHIM_LEFTOVERS_FILES = 256, MSHIM_LEFTOVERS_KEPT = 128 };

void mshim_leftovers_bound(int folder);

#endif
