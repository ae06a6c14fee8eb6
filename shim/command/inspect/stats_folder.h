/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_STATS_FOLDER_H
#define MSHIM_COMMAND_INSPECT_STATS_FOLDER_H

/* The stats files in MSHIM_DIR: those of this user; of all users where this one is root. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mshim_stats_place {
    int folder;       /* open for reading, until the visit is over */
    const char *name; /* in it: "PID-ID.page" */
    const char *path; /* of the folder, for messages */
    uid_t user;       /* whose folder it is */
};

struct mshim_stats_visitor {
    /* Called for each file whose name is that of a stats file. False: it has seen enough. */
    bool (*file)(const struct mshim_stats_place *place, void *context);
    void *context;
    /* Called with a sentence without its full stop about each folder that is passed over because others than
     * its user could write to it, and each of which files are left out; may be NULL. */
    void (*complain)(const char *text);
    size_t *left_out; /* counts what `max_files` leaves out; may be NULL */
    size_t max_files; /* of one folder, so that no user can keep a reader busy; 0: all */
};

/* Where stats files are: MSHIM_DIR or its default; NULL where its value is invalid. */
const char *mshim_stats_root(void);

/* Why mshim_stats_root is NULL: a sentence without its full stop. */
const char *mshim_stats_root_refusal(void);

/* False, with errno, where MSHIM_DIR is invalid or cannot be read. That there are no folders or files is no
 * error. */
bool mshim_stats_files_visit(const struct mshim_stats_visitor *visitor);

/* The same for one folder, whoever's it is; one that cannot be read has no files. */
void mshim_stats_folder_visit(const char *path, const struct mshim_stats_visitor *visitor);

#endif
