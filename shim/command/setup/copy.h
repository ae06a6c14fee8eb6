/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_SETUP_COPY_H
#define MSHIM_COMMAND_SETUP_COPY_H

/* Files that are put in place in one step: whoever opens one finds the old or the new one, whole. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Replaces `to` by a copy of `from`. False, with errno; `to` is as it was, and nothing is left beside it. */
bool mshim_copy_file(const char *from, const char *to, mode_t mode);

/* Replaces `to` by a file with this text. */
bool mshim_write_file(const char *to, const char *text, mode_t mode);

/* Makes a folder and those above it that are missing. False, with errno. */
bool mshim_make_folders(const char *path);

/* Is it the same file, by whatever path? */
bool mshim_is_same_file(const char *one, const char *other);

#endif
