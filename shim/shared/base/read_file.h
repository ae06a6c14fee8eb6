/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_READ_FILE_H
#define MSHIM_SHARED_BASE_READ_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Reads the beginning of a file as text; false, and an empty one, where it cannot be. By bare system calls:
 * allocating, where it is done too, is no place in which a thread can be cancelled. Changes errno. */
bool mshim_kernel_read(const char *path, char *to, size_t room);

#endif
