/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_STATS_FOLDER_H
#define MSHIM_COMMAND_INSPECT_STATS_FOLDER_H

/* The page files in MSHIM_DIR: those of this user; of all users where this one is root. */

#include <stdbool.h>
#include <sys/types.h>

struct mshim_stats_place {
    int folder;       /* open for reading, until the visit is over */
    const char *name; /* in it: "PID-UNIQUE.page" */
    const char *path; /* of the folder, for people */
    uid_t user;       /* whose folder it is */
};

/* Where pages are: MSHIM_DIR or its default. A value that cannot be used ends the command. */
const char *mshim_stats_root(void);

/* False: it has seen enough. */
typedef bool mshim_stats_visitor(const struct mshim_stats_place *place, void *context);

/*
 * Visits each file whose name is that of a page. A folder that is not its user's alone is passed over, and
 * said so.
 *
 * False, with errno, where MSHIM_DIR cannot be read. That there are no folders or files is no error.
 */
bool mshim_stats_files_visit(mshim_stats_visitor *visit, void *context);

/* The same for one folder, whoever's it is. */
void mshim_stats_folder_visit(const char *path, mshim_stats_visitor *visit, void *context);

/* Says so, with errno. Returns MSHIM_NO. */
int mshim_stats_files_failed(void);

#endif
