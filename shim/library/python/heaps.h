/* SPDX-License-Identifier: MIT */
/*
 * Where slabs stand between allocation and release: shelves of one interpreter (a heap), for each domain and
 * class the slab that is allocated from and the list of the others with free room. Full slabs stand nowhere.
 *
 * As long as all interpreters share one GIL there is one heap, and the hot paths in objects.c go straight to
 * its slabs. From the moment an interpreter is made that may have a GIL of its own, `several` is set: the hot
 * paths find nothing (no current slab, no address below the limit), so that every call comes to several.c,
 * which looks up the heap of the interpreter that calls. So the one-GIL case pays nothing for the other.
 */
#ifndef MSHIM_LIBRARY_PYTHON_HEAPS_H
#define MSHIM_LIBRARY_PYTHON_HEAPS_H

#include "library/counters/records.h"
#include "library/python/slabs.h"
#include "library/python/python.h"
#include "library/sampling/sampler.h"

enum { CLASSES = MSHIM_PYTHON_SMALL_CLASSES };

/* What PyMem_SetAllocator is given as context: all that the hot paths need, of one domain. */
struct front {
    struct slab *current[CLASSES];
    uintptr_t base, header_bias;
    size_t limit;
    uint8_t domain;
    bool window_open;     /* of timed calls (windows.h) */
    uint32_t calls_aside; /* since the last look, away from the hot paths */
    struct mshim_sampling_stream timing;
    /* Calls so far when the last one ended and at the last look, and from that end to the next window. */
    uint64_t calls_at_window, calls_at_look, calls_to_window;
};

struct shelf {
    struct slab **current; /* the front's while there is one GIL, else own_current */
    struct slab *own_current[CLASSES];
    struct slab *partial[CLASSES];
    uint32_t slabs[CLASSES]; /* how many a class has */
};

struct heap {
    struct shelf shelves[MSHIM_PYTHON_DOMAINS];
    struct mshim_stats_python *counts; /* one's own of the main heap, shared by others */
    struct heap *next;                /* none is ever unmapped */
    void *foreign; /* blocks that others freed, linked through their first word; pushed atomically */
    bool in_use;
    bool broken; /* another thread may have been at work in it when this process was forked */
};

extern struct slab no_slab; /* never has a block */
extern struct front fronts[MSHIM_PYTHON_DOMAINS];
extern struct heap main_heap;
extern struct mshim_python_backend backend;
extern bool several;
extern bool trim_wanted; /* mshim_python_trim() by a thread without the GIL */

void heap_start(struct heap *heap, struct mshim_stats_python *counts);

/* Where threads count that have no interpreter: atomically. */
static inline struct mshim_stats_python_domain *stray_counts(unsigned domain) {
    return &mshim_stats.python_heaps[MSHIM_STATS_PYTHON_HEAPS - 1].domains[domain];
}

/* A heap that is not in use, or one more; NULL: no memory. Under the table lock of several.c. */
struct heap *heap_new(void);

/* A block of the class from one of the heap's slabs; NULL: no more slabs. */
void *heap_refill(struct heap *heap, unsigned domain, unsigned size_class);

/* After a block was put back on its slab's list: what the slab's new state asks for. */
void heap_freed(struct slab *slab);

/* Puts a slab with free room on its heap's list. */
void heap_shelve(struct slab *slab);

/* Empty slabs that classes hold as their current one go back. */
void heap_drop_empty(struct heap *heap);

void heap_release_slab(struct slab *slab);

/* Puts into the slab of this process how much memory the slabs hold. */
void heaps_publish(void);

/* The most that slabs in use held. */
size_t heaps_peak_bytes(void);
void heaps_forget_peak(void);

/* Only where there are several GILs; does nothing with one. */
void objects_lock(void);
void objects_unlock(void);

static inline void fronts_set_limit(void) {
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++)
        fronts[domain].limit = several || trim_wanted ? 0 : slabs_region.limit;
}

/* One more in a count that heaps share where there are several GILs. */
static inline void count_one(uint64_t *count) {
    if (__builtin_expect(several, 0))
        __atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
    else
        ++*count;
}

/* The first block of a slab's list, which is not empty. */
static inline void *slab_get(struct slab *slab) {
    void *block = slab->free;
    slab->free = *(void **)block;
    slab->live++;
    count_one(&slab->counts->allocated);
    return block;
}

/* True: the slab was full, or is empty now. (The fast path is only there with one GIL.) */
static inline bool slab_put(struct slab *slab, void *block, bool fast) {
    void *old = slab->free;
    *(void **)block = old;
    slab->free = block;
    uint32_t live = slab->live - 1;
    slab->live = live;
    if (fast)
        slab->counts->freed++;
    else
        count_one(&slab->counts->freed);
    return __builtin_expect(old == NULL || live == 0, 0);
}

static inline bool is_small(const void *block) {
    return (uintptr_t)block - slabs_region.base < __atomic_load_n(&slabs_region.limit, __ATOMIC_RELAXED);
}

#endif
