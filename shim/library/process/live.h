/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_LIVE_H
#define MSHIM_LIBRARY_PROCESS_LIVE_H

/* The page of this process (mshim/stats.h): when its file comes, and when it goes. */

#include <stdbool.h>

/* By the constructor, when all options are known. */
void mshim_live_start(void);

/* In a forked child, whose page is private memory again (mshim_counters_fork_child): a file of its own. */
void mshim_live_fork_child(void);

/* Says in the page that the process ended in good order and removes its file, unless MSHIM_KEEP. Does nothing
 * in a child that shares its parent's memory. Keeps errno. */
void mshim_live_end(void);

/* The process has asked the kernel to restrict it: calls that the program itself does not make may end it. */
void mshim_live_sandboxed(void);
bool mshim_live_is_sandboxed(void);

/* Why there is no file: a word; NULL where there is one. */
const char *mshim_live_why(void);

#endif
