/* SPDX-License-Identifier: MIT */
/* The small-object allocator without CPython: a selected allocator that remembers what it was asked. */
#ifndef MSHIM_TESTS_PYTHON_OBJECTS_H
#define MSHIM_TESTS_PYTHON_OBJECTS_H

#include "library/python/heaps.h"
#include "library/python/objects.h"
#include "library/python/python.h"

#include <malloc.h>
#include <stdlib.h>

static unsigned long asked_malloc, asked_calloc, asked_realloc, asked_free;

static void *counted_malloc(size_t size) {
    asked_malloc++;
    return size > PTRDIFF_MAX ? NULL : malloc(size); /* a sanitizer would end the program */
}

static void *counted_calloc(size_t count, size_t size) {
    asked_calloc++;
    size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? NULL : calloc(count, size);
}

static void *counted_realloc(void *block, size_t size) {
    asked_realloc++;
    return size > PTRDIFF_MAX ? NULL : realloc(block, size);
}

static void counted_free(void *block) {
    asked_free++;
    free(block);
}

static size_t usable_size(void *block) {
    return malloc_usable_size(block);
}

static inline void start_objects(void) {
    mshim_python_backend = (struct mshim_python_backend){counted_malloc, counted_calloc, counted_realloc,
                                                         counted_free,   usable_size,    .count = true};
    if (!mshim_python_objects_start())
        abort();
}

/* What was counted, as any reader of the stats file has it. */
static inline struct mshim_counters read_counters(void) {
    struct mshim_counters counters;
    mshim_stats.python_active = 1;
    mshim_counters_sum(&counters);
    return counters;
}

struct memory {
    size_t slab_bytes;      /* slabs with live blocks, or that a class allocates from */
    size_t peak_slab_bytes; /* the largest value that had */
    size_t retained_bytes;  /* resident and not live: empty slabs, and free blocks in slabs in use */
};

static inline struct memory read_memory(void) {
    size_t free_bytes = 0;
    for (size_t i = 0, count = mshim_python_slabs_count(); i < count; i++) {
        const struct mshim_python_slab *slab = mshim_python_slab_number(i);
        if (slab->state == MSHIM_PYTHON_SLAB_NONE)
            continue;
        for (void *const *block = slab->free; block; block = *block)
            free_bytes += slab->block_bytes;
    }
    return (struct memory){
        .slab_bytes = mshim_stats.python_slab_bytes,
        .peak_slab_bytes = mshim_python_heaps_peak_bytes(),
        .retained_bytes = mshim_stats.python_empty_bytes + free_bytes,
    };
}

#define MEM    (&mshim_python_fronts[MSHIM_PYTHON_MEM])
#define OBJECT (&mshim_python_fronts[MSHIM_PYTHON_OBJECT])

/* The same numbers on every run. */
static inline uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
