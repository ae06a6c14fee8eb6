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

#include "counters/records.h"
#include "python/pages.h"
#include "python/python.h"
#include "timing/sampler.h"

enum { CLASSES = MSHIM_PYTHON_SMALL_CLASSES };

/* What PyMem_SetAllocator is given as context: all that the hot paths need, of one domain. */
struct front {
    struct page *current[CLASSES];
    uintptr_t base, header_bias;
    size_t limit;
    uint8_t domain;
    bool window_open;     /* of timed calls (windows.h) */
    uint32_t calls_aside; /* since the last look, away from the hot paths */
    struct mshim_time_stream timing;
    /* Calls so far when the last one ended and at the last look, and from that end to the next window. */
    uint64_t calls_at_window, calls_at_look, calls_to_window;
};

struct shelf {
    struct page **current; /* the front's while there is one GIL, else own_current */
    struct page *own_current[CLASSES];
    struct page *partial[CLASSES];
    uint32_t pages[CLASSES]; /* how many a class has */
};

struct heap {
    struct shelf shelves[MSHIM_PYTHON_DOMAINS];
    struct mshim_page_python *counts; /* one's own of the main heap, shared by others */
    struct heap *next;                /* none is ever unmapped */
    void *foreign; /* blocks that others freed, linked through their first word; pushed atomically */
    bool in_use;
    bool broken; /* another thread may have been at work in it when this process was forked */
};

extern struct page no_page; /* never has a block */
extern struct front fronts[MSHIM_PYTHON_DOMAINS];
extern struct heap main_heap;
extern struct mshim_python_backend backend;
extern bool several;
extern bool trim_wanted; /* mshim_python_trim() by a thread without the GIL */

void heap_start(struct heap *heap, struct mshim_page_python *counts);

/* Where threads count that have no interpreter: atomically. */
static inline struct mshim_page_python_domain *stray_counts(unsigned domain) {
    return &mshim_page.python_heaps[MSHIM_PAGE_PYTHON_HEAPS - 1].domains[domain];
}

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

/* Puts into the page of this process how much memory the pages hold. */
void heaps_publish(void);

/* The most that pages in use held. */
size_t heaps_peak_bytes(void);
void heaps_forget_peak(void);

/* Only where there are several GILs; does nothing with one. */
void objects_lock(void);
void objects_unlock(void);

static inline void fronts_set_limit(void) {
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++)
        fronts[domain].limit = several || trim_wanted ? 0 : pages_region.limit;
}

/* One more in a count that heaps share where there are several GILs. */
static inline void count_one(uint64_t *count) {
    if (__builtin_expect(several, 0))
        __atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
    else
        ++*count;
}

/* The first block of a page's list, which is not empty. */
static inline void *page_get(struct page *page) {
    void *block = page->free;
    page->free = *(void **)block;
    page->live++;
    count_one(&page->counts->allocated);
    return block;
}

/* True: the page was full, or is empty now. (The fast path is only there with one GIL.) */
static inline bool page_put(struct page *page, void *block, bool fast) {
    void *old = page->free;
    *(void **)block = old;
    page->free = block;
    uint32_t live = page->live - 1;
    page->live = live;
    if (fast)
        page->counts->freed++;
    else
        count_one(&page->counts->freed);
    return __builtin_expect(old == NULL || live == 0, 0);
}

static inline bool is_small(const void *block) {
    return (uintptr_t)block - pages_region.base < __atomic_load_n(&pages_region.limit, __ATOMIC_RELAXED);
}

#endif
