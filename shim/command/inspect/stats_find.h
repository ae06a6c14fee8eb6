/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_STATS_FIND_H
#define MSHIM_COMMAND_INSPECT_STATS_FIND_H

#include "command/inspect/stats_file.h"

#include <sys/types.h>

/*
 * Opens the stats file of a process: the one that it has mapped, wherever that is; else, of one that runs no
 * more or may not be inspected, the newest in MSHIM_DIR. `flags`: O_RDONLY or O_RDWR.
 *
 * The descriptor (`complain`, which may be NULL, is called with a sentence about each folder that is passed
 * over), or -1 and in `why` a sentence without its full stop.
 */
int mshim_stats_find(pid_t pid, int flags, struct mshim_stats_copy *copy, void (*complain)(const char *text),
                     char *why, size_t size);

#endif
