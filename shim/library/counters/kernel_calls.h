/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_COUNTERS_KERNEL_CALLS_H
#define MSHIM_LIBRARY_COUNTERS_KERNEL_CALLS_H

/* As the functions of the libc that they are named after; calls, and the bytes of those that succeeded, are
 * counted in the page of this process. Includes nothing of the shim: jemalloc's build sees this file, too. */

#include <stddef.h>
#include <sys/types.h>

#define MSHIM_HIDDEN __attribute__((visibility("hidden")))

void *mshim_kernel_mmap(void *address, size_t length, int protection, int flags, int fd,
                        off_t offset) MSHIM_HIDDEN;
int mshim_kernel_munmap(void *address, size_t length) MSHIM_HIDDEN;
int mshim_kernel_madvise(void *address, size_t length, int advice) MSHIM_HIDDEN;
void *mshim_kernel_mremap(void *address, size_t old_length, size_t length, int flags, ...) MSHIM_HIDDEN;

#endif
