/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_HEAPS_H
#define MSHIM_LIBRARY_PYTHON_HEAPS_H

/*
 * Slabs in use. A heap belongs to an interpreter and has a bin for each domain: for each size class the slab
 * that is allocated from, and a list of others with free blocks. Full slabs are in no list.
 *
 * While all interpreters share one GIL there is one heap, the main one, and the hot paths in objects.c go to
 * its slabs directly. From the moment an interpreter is made that may have a GIL of its own,
 * mshim_python_multi_gil is set: the hot paths then find no slab and no address below the limit, so that
 * every call takes the slow path to multi_gil.c, which looks up the calling interpreter's heap. That way a
 * program with one GIL does not pay for the others.
 */

#include "library/counters/records.h"
#include "library/python/domains.h"
#include "library/python/slabs.h"
#include "library/sampling/sampler.h"
#include "shared/base/attributes.h"

/* All that the hot paths need of one domain: the context given to PyMem_SetAllocator. */
struct mshim_python_front {
    uintptr_t base;
    size_t limit;
    char *headers;
    struct mshim_python_slab *current[MSHIM_PYTHON_SMALL_CLASSES];
    uint8_t domain;

    /* Bursts of timed calls (bursts.h). */
    bool burst_open;
    uint32_t slow_calls; /* on the slow paths, since the last look */
    struct mshim_sampling_stream timing;
    uint64_t calls_at_burst, calls_at_look; /* counted when the last burst ended, and at the last look */
    uint64_t calls_to_burst;                /* from the end of the last burst to the next */
};

struct mshim_python_bin {
    struct mshim_python_slab **current; /* the front's while there is one GIL, else own_current */
    struct mshim_python_slab *own_current[MSHIM_PYTHON_SMALL_CLASSES];
    struct mshim_python_slab *partial[MSHIM_PYTHON_SMALL_CLASSES];
    uint32_t slabs[MSHIM_PYTHON_SMALL_CLASSES]; /* how many slabs the class has */
};

struct mshim_python_heap {
    struct mshim_python_bin bins[MSHIM_PYTHON_DOMAINS];
    struct mshim_stats_python *counts; /* the main heap's own; others share some */
    struct mshim_python_heap *next;    /* of all heaps; none is ever unmapped */
    void *remote;                      /* blocks freed by others, linked through their first word; atomic */
    bool in_use;
    bool broken; /* of a forked child: a thread that is gone may have been changing it */
};

extern struct mshim_python_slab mshim_python_no_slab; /* never has a block */
extern struct mshim_python_front mshim_python_fronts[MSHIM_PYTHON_DOMAINS];
extern struct mshim_python_heap mshim_python_main_heap;
extern bool mshim_python_multi_gil;
extern bool mshim_python_trim_wanted;

void mshim_python_heap_start(struct mshim_python_heap *heap, struct mshim_stats_python *counts);

/* What is not of one heap: failures, and calls of threads without an interpreter. Changed atomically. */
static inline struct mshim_stats_python_domain *mshim_python_stray_counts(unsigned domain) {
    return &mshim_stats.python_heaps[MSHIM_STATS_PYTHON_HEAPS - 1].domains[domain];
}

/* A heap that is in use from now on; NULL: out of memory. Under the lock of multi_gil.c's table. */
struct mshim_python_heap *mshim_python_heap_new(void);

/* Allocates where the class's current slab has no free block; NULL: out of slabs. */
void *mshim_python_heap_refill(struct mshim_python_heap *heap, unsigned domain, unsigned size_class);

/* After a free when no frees were left: moves the slab to where it belongs now. */
void mshim_python_heap_freed(struct mshim_python_slab *slab);

/* Puts a slab that came from another heap to where it belongs in its new one. Under mshim_python_lock(). */
void mshim_python_heap_adopt(struct mshim_python_slab *slab);

/* Releases current slabs that have no live block. */
void mshim_python_heap_drop_empty(struct mshim_python_heap *heap);

/* Writes into the stats file what memory the slabs hold. */
void mshim_python_heaps_publish(void);

/* The most that slabs in use have held, since the process began or was forked. */
size_t mshim_python_heaps_peak_bytes(void);
void mshim_python_heaps_forget_peak(void);

/* For what heaps share; does nothing while there is one GIL. */
void mshim_python_lock(void);
void mshim_python_unlock(void);

static inline void mshim_python_fronts_set_limit(void) {
    const size_t limit = mshim_python_multi_gil || mshim_python_trim_wanted ? 0 : mshim_python_region.limit;
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++)
        mshim_python_fronts[domain].limit = limit;
}

/* Sends the next free to the slow path, where it trims. From any thread; async-signal-safe. */
void mshim_python_fronts_request_trim(void);

/* Counts in what heaps share where there are multiple GILs. */
static inline void mshim_python_count_one(uint64_t *count) {
    if (unlikely(mshim_python_multi_gil))
        __atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
    else
        ++*count;
}

/* Takes the first free block of a heap's current slab, which has one. */
static inline void *mshim_python_slab_get(struct mshim_python_slab *slab) {
    void *const block = slab->free;
    slab->free = *(void **)block;
    mshim_python_count_one(&slab->counts->allocated);
    return block;
}

/* True: mshim_python_heap_freed() must be called. `one_gil`: it is known that there are not multiple GILs. */
static inline bool mshim_python_slab_put(struct mshim_python_slab *slab, void *block, const bool one_gil) {
    *(void **)block = slab->free;
    slab->free = block;
    if (one_gil)
        slab->counts->freed++;
    else
        mshim_python_count_one(&slab->counts->freed);
    return unlikely(--slab->frees_left == 0);
}

static inline bool mshim_python_is_small(const void *block) {
    return (uintptr_t)block - mshim_python_region.base <
           __atomic_load_n(&mshim_python_region.limit, __ATOMIC_RELAXED);
}

#endif
