/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_COUNTERS_KERNEL_CALLS_H
#define MSHIM_LIBRARY_COUNTERS_KERNEL_CALLS_H

/*
 * The system calls by which the allocators get memory and return it. allocators/portable_libc.h leads their
 * calls here. As the functions of the libc that they are named after; calls, and the bytes of those that
 * succeeded, are counted, and mappings are remembered (regions.h). This header includes nothing of the shim,
 * since jemalloc's build includes it.
 */

#include <stddef.h>
#include <sys/types.h>

#define MSHIM_HIDDEN __attribute__((visibility("hidden")))

void *mshim_kernel_mmap(void *address, size_t length, int protection, int flags, int fd,
                        off_t offset) MSHIM_HIDDEN;
int mshim_kernel_munmap(void *address, size_t length) MSHIM_HIDDEN;
int mshim_kernel_madvise(void *address, size_t length, int advice) MSHIM_HIDDEN;
void *mshim_kernel_mremap(void *address, size_t old_length, size_t length, int flags, ...) MSHIM_HIDDEN;

#endif
