/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_READ_FILE_H
#define MSHIM_SHARED_BASE_READ_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the beginning of a file as text, at most `capacity_bytes - 1` of it, in one read: for the small files
 * of /proc, /sys and control groups. False, and an empty text, where it cannot be read. No
 * cancellation point. Changes errno. */
bool mshim_read_file(const char *path, char *text, size_t capacity_bytes);

/* The number behind `key` ("VmRSS:") in a file of lines such as /proc/PID/status and smaps_rollup, times 1024
 * where the line's unit is kB; MSHIM_ABSENT where no line begins with the key. */
uint64_t mshim_proc_field(const char *text, const char *key);

#endif
