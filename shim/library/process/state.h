/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_STATE_H
#define MSHIM_LIBRARY_PROCESS_STATE_H

/* What is known of this process: set by the selection of the allocator (select.h) and by the constructor,
 * kept up to date over fork and when the program restricts itself. */

#include "library/allocators/allocator.h"
#include "shared/options/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mshim_process {
    struct mshim_options options;
    const struct mshim_allocator *allocator; /* NULL until it is selected */
    bool other_libc; /* it runs on the libc that this library was not built for: the library steps aside */
    bool counting;
    bool first; /* the one in which no mark was found, or what it became by exec */
    /* It has asked the kernel to restrict it (interpose/sandbox.c): a system call that the program does not
     * make itself may end it. From then on the library makes none but those that allocating takes: mmap,
     * munmap, mremap, madvise, brk and futex. */
    bool sandboxed;
    bool has_forked;           /* this process, not the one that it was forked from */
    bool exiting;              /* exit or quick_exit has come to this library's handlers */
    size_t thread_stack_bytes; /* least stack of a new thread; 0: as asked */
    pid_t pid;           /* a child that shares its parent's memory has another; 0: forked in a sandbox */
    uint64_t started_ns; /* CLOCK_MONOTONIC; of a forked child its fork */
};

extern struct mshim_process mshim_process MSHIM_HIDDEN;

#endif
