/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_ALLOCATORS_DISPATCH_H
#define MSHIM_LIBRARY_ALLOCATORS_DISPATCH_H

#include "shared/base/attributes.h"

#include <mshim.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * How an exported function reaches the selected allocator: one jump through a table that is chosen at start.
 * Every allocator has two, one that counts and one that does not (entry_points_template.h). Until the start the table
 * leads to it.
 *
 * Arguments are checked by then: alignments are powers of two, products have not overflowed. Where memory
 * cannot be had all return NULL with errno ENOMEM. `function` is the one that the program called, for the
 * counters.
 */
struct mshim_entry_points {
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t size); /* the product */
    void *(*realloc)(void *block, size_t size);
    void (*free)(void *block);
    void *(*realloc_for)(enum mshim_function function, void *block, size_t size);
    void *(*aligned)(enum mshim_function function, size_t alignment, size_t size);
    void (*free_for)(enum mshim_function function, void *block);
    size_t (*usable_size)(void *block);
    /* A call that failed for its arguments: counted; errno and result are the caller's matter. */
    void (*refused)(enum mshim_function function, size_t size);
    /* Gives what is retained back to the kernel; true if there was any. */
    bool (*trim)(void);
};

extern struct mshim_entry_points mshim_active __attribute__((visibility("hidden")));

#endif
