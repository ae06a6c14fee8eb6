/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_STATS_LIFECYCLE_H
#define MSHIM_LIBRARY_PROCESS_STATS_LIFECYCLE_H

/* The stats file of this process (mshim/stats.h): when it comes, and when it goes. */

/* By the constructor, when all options are known. */
void mshim_stats_lifecycle_start(void);

/* In a forked child, whose stats are private memory again (mshim_counters_fork_child): a file of its own. */
void mshim_stats_lifecycle_fork_child(void);

/* Says in the file that the process ended in good order and removes it, unless MSHIM_KEEP. Does nothing in a
 * child that shares its parent's memory. Keeps errno. */
void mshim_stats_lifecycle_end(void);

/* Why there is no file, as a word for the marker (shared/stats/reasons.def); NULL where there is one. */
const char *mshim_stats_file_why(void);

#endif
