/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_STATS_FILE_FOLDER_H
#define MSHIM_LIBRARY_STATS_FILE_FOLDER_H

/*
 * The folder of a user's pages: MSHIM_DIR/mshim-UID, which belongs to that user and to which nobody else has
 * any right; a link or anything else under its name is not used.
 */

#include <stdbool.h>
#include <sys/types.h>

/* A descriptor to be closed by the caller; -1, and `*why` is a word for the marker. `make`: where it is not
 * there it is made. */
int mshim_folder_open(const char *dir, uid_t user, bool make, const char **why);

/* The word for an errno of file work: "full", "read-only", "no-permission", "missing", "no-file" for all
 * others. */
const char *mshim_folder_why(int error);

#endif
