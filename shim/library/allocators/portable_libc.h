/* SPDX-License-Identifier: MIT */
/*
 * Included before everything else in what is compiled of an allocator (-include), so that it can be part of
 * the shim:
 * - its errno is its own: whatever it asks of the kernel, the program's errno stays as it is (free must keep
 * it);
 * - what it asks of the kernel is counted;
 * - it needs no symbol that one of the two libcs lacks.
 */
#ifndef MSHIM_LIBRARY_ALLOCATORS_PORTABLE_LIBC_H
#define MSHIM_LIBRARY_ALLOCATORS_PORTABLE_LIBC_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <features.h>

/* Newer glibc headers turn strtol into __isoc23_strtol, which musl and older glibc lack. */
#undef __GLIBC_USE_C2X_STRTOL
#define __GLIBC_USE_C2X_STRTOL 0
#undef __GLIBC_USE_C23_STRTOL
#define __GLIBC_USE_C23_STRTOL 0

#include "library/counters/kernel_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

extern __thread int mshim_allocator_errno __attribute__((tls_model("initial-exec"), visibility("hidden")));

#define MSHIM_KEEP_ERRNO(call)                                                                               \
    __extension__({                                                                                          \
        const int kept_errno = *__errno_location();                                                          \
        __typeof__(call) kept_result = (call);                                                               \
        mshim_allocator_errno = *__errno_location();                                                         \
        *__errno_location() = kept_errno;                                                                    \
        kept_result;                                                                                         \
    })

#undef errno
#define errno         mshim_allocator_errno
#define mmap(...)     MSHIM_KEEP_ERRNO(mshim_kernel_mmap(__VA_ARGS__))
#define munmap(...)   MSHIM_KEEP_ERRNO(mshim_kernel_munmap(__VA_ARGS__))
#define mremap(...)   MSHIM_KEEP_ERRNO(mshim_kernel_mremap(__VA_ARGS__))
#define mprotect(...) MSHIM_KEEP_ERRNO(mprotect(__VA_ARGS__))
#define madvise(...)  MSHIM_KEEP_ERRNO(mshim_kernel_madvise(__VA_ARGS__))
#define prctl(...)    MSHIM_KEEP_ERRNO(prctl(__VA_ARGS__))
#define syscall(...)  MSHIM_KEEP_ERRNO(syscall(__VA_ARGS__))

/* glibc has atexit in its static part only. */
int mshim_atexit(void (*function)(void)) __attribute__((visibility("hidden")));
#define atexit(function) mshim_atexit(function)

#endif
