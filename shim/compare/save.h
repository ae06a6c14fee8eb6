/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMPARE_SAVE_H
#define MSHIM_COMPARE_SAVE_H

/* Files that are written whole or not at all. */

#include "compare/comparison.h"
#include "compare/verdict.h"

/* Writes what is to stand in the file. False with errno set. */
typedef bool mshim_save_writer(int fd, const struct mshim_comparison *comparison,
                               const struct mshim_sentences *sentences);

mshim_save_writer mshim_save_json;

/* Writes a new file that takes the place of `path` when it is whole; what is no regular file is written to as
 * it is. False with errno set: then what was there has stayed. */
bool mshim_save(const char *path, mshim_save_writer *write, const struct mshim_comparison *comparison,
                const struct mshim_sentences *sentences);

#endif
