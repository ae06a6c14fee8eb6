/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_ALLOCATORS_ALLOCATOR_H
#define MSHIM_LIBRARY_ALLOCATORS_ALLOCATOR_H

/*
 * An allocator is one row of allocators.def and one file that defines `const struct mshim_allocator
 * mshim_allocator_ID`. The file defines the backend_ functions below as static inline functions and includes
 * entry_points_template.h, which makes the counted and the plain entry points of them.
 *
 * - void *backend_malloc(size_t size): NULL on failure; errno does not matter
 * - void *backend_calloc(size_t size): the same, zeroed
 * - void *backend_realloc(void *block, size_t size): block may be NULL; a size of 0 gives a block (musl)
 * - void *backend_aligned(size_t alignment, size_t size): alignment is a power of two, 1 at least
 * - void backend_free(void *block): NULL does nothing; leaves errno alone
 * - size_t backend_usable_size(const void *block): block is not NULL
 * - bool backend_trim(void): gives back to the kernel what it can
 *
 * BACKEND_LARGE_BLOCKS, where it is 1: large blocks are the shim's own (large_blocks/), and the allocator is asked
 * for the rest, and for those that cannot be had. Its `start` calls mshim_large_start, its handlers of fork those of
 * the large blocks.
 *
 * BACKEND_FREE_FUNCTION, where it is defined and there are no large blocks, is a function that does what
 * backend_free does: it goes into the table of plain entry points as it is, which saves a jump.
 */

#include "library/allocators/dispatch.h"

struct mshim_allocator {
    const char *name, *version; /* "-" where it has none of its own */
    const struct mshim_entry_points *counted, *plain;
    /* What it asks of the kernel goes by counters/kernel_calls.h: its mappings are known. */
    bool mappings_are_counted;
    /* Its realloc leaves a block alone, usable size and all, that is large enough and would not be an eighth
     * too large: who knows the usable size need not call it. */
    bool stays_in_place;
    /* Called once, before there are threads, with the plain entry points in force already; NULL: nothing to
     * do. */
    void (*start)(void);
    /* Around fork; NULL: nothing to do. */
    void (*fork_before)(void), (*fork_parent)(void), (*fork_child)(void);
    /* Resident, held by the allocator and not live; MSHIM_ABSENT where it cannot say. NULL: never can. */
    uint64_t (*retained_bytes)(void);
};

#define MSHIM_ALLOCATOR(identifier, name, version, help)                                                     \
    extern const struct mshim_allocator mshim_allocator_##identifier;
#include "shared/allocators/allocators.def"
#undef MSHIM_ALLOCATOR

#endif
