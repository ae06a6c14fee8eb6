/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_START_H
#define MSHIM_LIBRARY_PROCESS_START_H

/*
 * How the library begins. The first call that needs an allocator, or the constructor, whichever comes first,
 * chooses the allocator (mshim_start). What must wait for a working libc (fork handlers, the marker, the mark
 * of the first process) is done by the constructor.
 */

#include "library/allocators/allocator.h"
#include "shared/base/clock.h"
#include "shared/options/options.h"

#include <mshim.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct mshim_process {
    struct mshim_options options;
    const struct mshim_allocator *allocator;
    bool foreign; /* runs on the other libc: stepped aside */
    bool counting;
    bool first;                /* the one in which no mark was found, or what it became by exec */
    size_t thread_stack_bytes; /* least stack of a new thread; 0: as asked */
    pid_t pid;                 /* whose report it is; a child that shares the memory has another */
    uint64_t started_ns;
};

extern struct mshim_process mshim_process __attribute__((visibility("hidden")));

/* Idempotent. Allocates nothing before the allocator's own start. */
void mshim_start(void);

/* What the shim itself holds. */
uint64_t mshim_own_memory_bytes(void);

#endif
