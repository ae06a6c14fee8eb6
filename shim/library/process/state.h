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
    bool first;     /* the one in which no mark was found, or what it became by exec */
    bool sandboxed; /* it has asked the kernel to restrict it: what the program does not do itself may be
                       forbidden on pain of death */
    size_t thread_stack_bytes; /* least stack of a new thread; 0: as asked */
    pid_t pid;                 /* a child that shares its parent's memory has another */
    uint64_t started_ns;       /* CLOCK_MONOTONIC; of a forked child its fork */
};

extern struct mshim_process mshim_process MSHIM_HIDDEN;

#endif
