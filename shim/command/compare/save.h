/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_SAVE_H
#define MSHIM_COMMAND_COMPARE_SAVE_H

/* Files that are written whole or not at all. */

#include <stdbool.h>
#include <stddef.h>

/* Writes what is to stand in the file, made from so many bytes of JSON. False with errno set. */
typedef bool mshim_save_writer(int fd, const char *json, size_t length);

/* The JSON itself. */
mshim_save_writer mshim_save_json;

/* Writes a new file that takes the place of `path` when it is whole; what is no regular file is written to as
 * it is. False with errno set: then what was there has stayed. */
bool mshim_save(const char *path, mshim_save_writer *write, const char *json, size_t length);

#endif
