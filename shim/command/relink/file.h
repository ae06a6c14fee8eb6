/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FILE_H
#define MSHIM_COMMAND_RELINK_FILE_H

/* A file that is read as a whole, and replaced in one step. */

#include "command/relink/reason.h"

#include <limits.h>
#include <stddef.h>
#include <sys/stat.h>

struct mshim_file {
    char path[PATH_MAX]; /* of the file itself, symbolic links followed */
    int fd;
    struct stat status;
    unsigned char *bytes;
    size_t size;
};

/* Is it the same file, unchanged in between? */
bool mshim_file_same(const struct stat *one, const struct stat *other);

/* mshim_file_close is to be called either way. */
bool mshim_file_read(struct mshim_file *file, const char *path, struct mshim_reason *reason);
void mshim_file_close(struct mshim_file *file);

/*
 * Puts `bytes` in the place of the file, or where `target` is not NULL, of that, with the file's mode, owner,
 * times and extended attributes (another file does without those that this user may not set). Other processes
 * see the old contents or the new, and those who have the old open keep it. False, with the reason, where it
 * cannot be done; nothing is left behind then. A file that has changed since it was read is not replaced, nor
 * one that has more names than one: the others would keep the old contents.
 */
bool mshim_file_replace(const struct mshim_file *file, const char *target, const void *bytes, size_t size,
                        struct mshim_reason *reason);

#endif
