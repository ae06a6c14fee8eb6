/* SPDX-License-Identifier: MIT */
/*
 * Slabs of 32 KiB for small objects, from one range of addresses, so that one compare tells whether a block
 * is ours.
 *
 * The range is not reserved: it grows by chunks of 2 MiB at addresses that neither the kernel nor a known
 * program uses by itself, and `limit` is exactly what is mapped. So RLIMIT_AS and strict overcommit see only
 * what is in use, and a foreign mapping above the limit ends the growth and nothing else.
 *
 * The headers stand apart from the slabs: no slab loses a block to its header, and headers do not share one
 * cache set.
 *
 * Not locked: callers hold the GIL, or objects_lock() where there are several.
 */
#ifndef MSHIM_LIBRARY_PYTHON_SLABS_H
#define MSHIM_LIBRARY_PYTHON_SLABS_H

#include <mshim/stats.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SLAB_SHIFT = 15,
    SLAB_BYTES = 1 << SLAB_SHIFT,
    CHUNK_SLABS = 64,
    CHUNK_BYTES = SLAB_BYTES * CHUNK_SLABS,
};

struct heap;

enum slab_state { SLAB_NONE, SLAB_CURRENT, SLAB_PARTIAL, SLAB_FULL, SLAB_ORPHAN };

/* Hot fields first. What is counted of the slab's blocks is counted where a reader of live counters sees it
 * (mshim/stats.h); nothing depends on that. */
struct slab {
    void *free;
    struct mshim_stats_python_class *counts;
    uint32_t live;
    struct slab *next, *previous;
    struct heap *heap;
    uint16_t fresh; /* blocks at the end that were never given out */
    uint16_t capacity;
    uint16_t block_bytes;
    uint8_t size_class, domain, state;
    bool unbacked; /* was taken from those that are given back or never touched */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct slab) == 64, "a header is one cache line");

struct region {
    uintptr_t base;
    size_t limit;          /* bytes mapped from base */
    uintptr_t header_bias; /* header of the slab of address p: header_bias + (p >> SLAB_SHIFT) * 64 */
};

extern struct region slabs_region;

static inline struct slab *slab_of(uintptr_t header_bias, const void *block) {
    return (struct slab *)(header_bias + (((uintptr_t)block >> (SLAB_SHIFT - 6)) & ~(uintptr_t)63));
}

static inline char *slab_start(const struct slab *slab) {
    return (char *)(((uintptr_t)slab - slabs_region.header_bias) << (SLAB_SHIFT - 6));
}

bool slabs_start(void);

/* Has the system back a slab that was taken by memory, by one call instead of eight faults. */
void slab_prefault(struct slab *slab);

/* Lowest addresses first, slabs that are still backed by memory before others. NULL: no more. */
struct slab *slabs_take(void);
void slabs_release(struct slab *slab);

/* Bytes given back. */
size_t slabs_trim(void);

size_t slabs_count(void);
static inline struct slab *slab_number(size_t number) {
    return slab_of(slabs_region.header_bias, (char *)slabs_region.base + number * SLAB_BYTES);
}

size_t slabs_empty_bytes(void);
size_t slabs_header_bytes(void);
void slabs_set_retained_limit(size_t bytes);

#endif
