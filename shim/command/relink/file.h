/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FILE_H
#define MSHIM_COMMAND_RELINK_FILE_H

/* A file that is read as a whole. */

#include "command/relink/reason.h"

#include <limits.h>
#include <stddef.h>
#include <sys/stat.h>

struct mshim_file {
    char path[PATH_MAX]; /* with symbolic links resolved */
    int fd;
    struct stat status;
    unsigned char *bytes;
    size_t size;
};

/* Is it the same file, and unchanged? */
bool mshim_file_same(const struct stat *one, const struct stat *other);

/* Call mshim_file_close even after a failure. */
bool mshim_file_read(struct mshim_file *file, const char *path, struct mshim_reason *reason);
void mshim_file_close(struct mshim_file *file);

#endif
