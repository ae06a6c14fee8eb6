/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_REPORT_FOLDER_H
#define MSHIM_COMMAND_COMPARE_REPORT_FOLDER_H

/* The reports that the processes of a counted run leave in a folder. */

#include <limits.h>
#include <stdbool.h>

struct mshim_report_folder {
    char path[PATH_MAX];        /* "": there is none */
    char report[PATH_MAX + 16]; /* for MSHIM_REPORT */
    int fd;                     /* holds the folder's lock as long as anybody needs it */
};

/* Makes an empty folder below TMPDIR or /tmp that nobody else may enter, and removes those that comparisons
 * have left which were killed: nobody holds their locks. False with errno set. */
bool mshim_report_folder_make(struct mshim_report_folder *folder);

/* The report of the process that used most CPU time, allocated; NULL where none is whole. */
char *mshim_report_folder_best(const struct mshim_report_folder *folder);

void mshim_report_folder_empty(const struct mshim_report_folder *folder);

/* Does nothing where there is none. */
void mshim_report_folder_remove(struct mshim_report_folder *folder);

#endif
