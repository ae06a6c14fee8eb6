/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_SLABS_H
#define MSHIM_LIBRARY_PYTHON_SLABS_H

/*
 * Slabs: 32 KiB each, of blocks of one size class. All lie in one range of addresses, so that a single
 * comparison tells whether a block is one of theirs.
 *
 * The range is not reserved. It grows in chunks of 2 MiB at addresses that neither the kernel nor a known
 * program chooses by itself, and everything below its limit is mapped. RLIMIT_AS and strict overcommit so
 * count only what is in use; where another mapping is in the way the range stops growing, and nothing else
 * happens.
 *
 * Headers are kept apart from the slabs: a slab loses no block to its header, and headers do not all fall
 * into the same cache set.
 *
 * Nothing here locks: callers hold the GIL, or mshim_python_lock() where there are multiple GILs.
 */

#include <mshim/stats.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MSHIM_PYTHON_SLAB_SHIFT = 15,
    MSHIM_PYTHON_SLAB_BYTES = 1 << MSHIM_PYTHON_SLAB_SHIFT,
};

struct mshim_python_heap;

enum mshim_python_slab_state {
    MSHIM_PYTHON_SLAB_NONE,
    MSHIM_PYTHON_SLAB_CURRENT,
    MSHIM_PYTHON_SLAB_PARTIAL,
    MSHIM_PYTHON_SLAB_FULL,
};

/* A slab's header: one cache line, what the hot paths use first. */
struct mshim_python_slab {
    void *free;
    struct mshim_stats_python_class *counts; /* in the stats file; written only, never relied on */
    uint32_t frees_left;                     /* until mshim_python_heap_freed() must be called */
    struct mshim_python_slab *next, *previous;
    struct mshim_python_heap *heap;
    uint16_t fresh; /* blocks at the end that have never been given out */
    uint16_t capacity;
    uint16_t block_bytes;
    uint8_t size_class, domain, state;
    bool unbacked; /* taken without memory behind it */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct mshim_python_slab) == 64, "a header is one cache line");

struct mshim_python_region {
    uintptr_t base;
    size_t limit; /* bytes mapped from base */
    char *headers;
};

extern struct mshim_python_region mshim_python_region;

/* The slab of a block that is `offset` bytes from the region's base. */
static inline struct mshim_python_slab *mshim_python_slab_at(char *headers, uintptr_t offset) {
    return (struct mshim_python_slab *)(headers +
                                        ((offset >> (MSHIM_PYTHON_SLAB_SHIFT - 6)) & ~(uintptr_t)63));
}

static inline struct mshim_python_slab *mshim_python_slab_of(const void *block) {
    return mshim_python_slab_at(mshim_python_region.headers, (uintptr_t)block - mshim_python_region.base);
}

static inline struct mshim_python_slab *mshim_python_slab_number(size_t number) {
    return (struct mshim_python_slab *)mshim_python_region.headers + number;
}

static inline size_t mshim_python_slab_index(const struct mshim_python_slab *slab) {
    return (size_t)(slab - mshim_python_slab_number(0));
}

static inline char *mshim_python_slab_start(const struct mshim_python_slab *slab) {
    return (char *)mshim_python_region.base + (mshim_python_slab_index(slab) << MSHIM_PYTHON_SLAB_SHIFT);
}

bool mshim_python_slabs_start(void);

/* The lowest empty slab, those backed by memory first; NULL: out of memory. */
struct mshim_python_slab *mshim_python_slabs_take(void);
void mshim_python_slabs_release(struct mshim_python_slab *slab);

/* Backs a slab with memory by one system call, which saves its page faults. */
void mshim_python_slab_prefault(struct mshim_python_slab *slab);

/* Gives the memory of all empty slabs back; returns the bytes. */
size_t mshim_python_slabs_trim(void);

size_t mshim_python_slabs_count(void);

size_t mshim_python_slabs_empty_bytes(void);
size_t mshim_python_slabs_header_bytes(void);
void mshim_python_slabs_set_retained_limit(size_t bytes);

#endif
