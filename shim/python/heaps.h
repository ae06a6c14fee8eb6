/* SPDX-License-Identifier: MIT */
/*
 * Where pages stand between allocation and release: shelves of one interpreter (a heap), for each domain and
 * class the page that is allocated from and the list of the others with free room. Full pages stand nowhere.
 *
 * As long as all interpreters share one GIL there is one heap, and the hot paths in objects.c go straight to
 * its pages. From the moment an interpreter is made that may have a GIL of its own, `several` is set: the hot
 * paths find nothing (no current page, no address below the limit), so that every call comes to several.c,
 * which looks up the heap of the interpreter that calls. So the one-GIL case pays nothing for the other.
 */
#ifndef MSHIM_PYTHON_HEAPS_H
#define MSHIM_PYTHON_HEAPS_H

#include "python/pages.h"
#include "python/python.h"

enum { CLASSES = MSHIM_PYTHON_SMALL_CLASSES };

/* What PyMem_SetAllocator is given as context: all that the hot paths need, of one domain. */
struct front {
    struct page *current[CLASSES];
    uintptr_t base, header_bias;
    size_t limit;
    uint8_t domain;
};

/* Blocks that the selected allocator serves. */
struct large_counts {
    uint64_t allocations, frees, failures, allocated_bytes, freed_bytes;
};

struct shelf {
    struct page **current; /* the front's while there is one GIL, else own_current */
    struct page *own_current[CLASSES];
    struct page *partial[CLASSES];
    uint32_t pages[CLASSES]; /* how many a class has */
    struct large_counts large;
};

struct heap {
    struct shelf shelves[MSHIM_PYTHON_DOMAINS];
    struct heap *next; /* all heaps, for readers; none is ever unmapped */
    void *foreign;     /* blocks that others freed, linked through their first word; pushed atomically */
    bool in_use;
    bool broken; /* another thread may have been at work in it when this process was forked */
};

extern struct page no_page; /* never has a block */
extern struct front fronts[MSHIM_PYTHON_DOMAINS];
extern struct heap main_heap;
extern struct mshim_python_backend backend;
extern bool several;
extern bool trim_wanted; /* mshim_python_trim() by a thread without the GIL */

/* Counts of pages that were released, by domain and class; `fold_sequence` is odd while they change. */
struct class_totals {
    uint64_t allocated, freed;
};
extern struct class_totals totals[MSHIM_PYTHON_DOMAINS][CLASSES];
extern unsigned fold_sequence;
extern size_t page_bytes_in_use, page_bytes_peak;

void heap_start(struct heap *heap);

/* A heap that is not in use, or one more; NULL: no memory. Under the table lock of several.c. */
struct heap *heap_new(void);

/* A block of the class from one of the heap's pages; NULL: no more pages. */
void *heap_refill(struct heap *heap, unsigned domain, unsigned size_class);

/* After a block was put back on its page's list: what the page's new state asks for. */
void heap_freed(struct page *page);

/* Puts a page with free room on its heap's list. */
void heap_shelve(struct page *page);

/* Empty pages that classes hold as their current one go back. */
void heap_drop_empty(struct heap *heap);

void heap_release_page(struct page *page);

/* Only where there are several GILs; does nothing with one. */
void objects_lock(void);
void objects_unlock(void);

static inline void fronts_set_limit(void) {
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++)
        fronts[domain].limit = several || trim_wanted ? 0 : pages_region.limit;
}

static inline bool page_put(struct page *page, void *block) {
    void *old = page->free;
    *(void **)block = old;
    page->free = block;
    uint64_t freed = page->freed + 1;
    page->freed = freed;
    return __builtin_expect(old == NULL || freed == page->allocated, 0);
}

static inline bool is_small(const void *block) {
    return (uintptr_t)block - pages_region.base < __atomic_load_n(&pages_region.limit, __ATOMIC_RELAXED);
}

#endif
