/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_PAGE_FOLDER_H
#define MSHIM_COMMAND_PAGE_FOLDER_H

/* The page files in MSHIM_DIR: those of this user; of all users where this one is root. */

#include <stdbool.h>
#include <sys/types.h>

struct mshim_page_place {
    int folder;       /* open for reading, until the visit is over */
    const char *name; /* in it: "PID-UNIQUE.page" */
    const char *path; /* of the folder, for people */
    uid_t user;       /* whose folder it is */
};

/* Where pages are: MSHIM_DIR or its default. A value that cannot be used ends the command. */
const char *mshim_page_root(void);

/*
 * Calls `visit` for each file whose name is that of a page, until it returns false. A folder that is not its
 * user's alone is passed over, and said so once.
 *
 * False, with errno, where MSHIM_DIR cannot be read. That there are no folders or files is no error.
 */
bool mshim_pages_visit(bool (*visit)(const struct mshim_page_place *place, void *context), void *context);

/* Says so, with errno. Returns MSHIM_NO. */
int mshim_pages_failed(void);

#endif
