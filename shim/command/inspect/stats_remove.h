/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_STATS_REMOVE_H
#define MSHIM_COMMAND_INSPECT_STATS_REMOVE_H

#include <sys/stat.h>

/*
 * Removes the stats file `name` if it still is `*file`, which was opened before and is not closed yet (so
 * that its inode cannot be another file's). A process that becomes another program by exec has its next stats
 * file under the same name: that one stays, whenever it comes.
 *
 * 0; ENOENT where something else or nothing has the name now; else why it cannot be done.
 */
int mshim_stats_remove(int folder, const char *name, const struct stat *file);

#endif
