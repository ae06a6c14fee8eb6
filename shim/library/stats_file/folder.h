/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_STATS_FILE_FOLDER_H
#define MSHIM_LIBRARY_STATS_FILE_FOLDER_H

/*
 * The folder of a user's stats files: MSHIM_DIR/mshim-UID, which belongs to that user and to which nobody
 * else has any right; a link or anything else under its name is not used.
 */

#include "shared/stats/reason.h"

#include <stdbool.h>
#include <sys/types.h>

/* A descriptor to be closed by the caller; -1, and `*reason` says why not. `make`: a missing folder is made.
 */
int mshim_folder_open(const char *dir, uid_t user, bool make, enum mshim_stats_reason *reason);

/* The reason that an errno of file work stands for; MSHIM_STATS_REASON_NO_FILE for all that have no own. */
enum mshim_stats_reason mshim_folder_reason(int error);

#endif
