/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_MEMORY_LIMIT_H
#define MSHIM_LIBRARY_PROCESS_MEMORY_LIMIT_H

#include <stdint.h>

/* The least limit of memory (memory.max, in version 1 memory.limit_in_bytes) of the cgroup that the process
 * is in and of those above it; UINT64_MAX where there is none, or where it cannot be read. */
uint64_t mshim_memory_limit_bytes(void);

#endif
