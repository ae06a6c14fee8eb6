/* SPDX-License-Identifier: MIT */
/*
 * Pages of 32 KiB for small objects, from one range of addresses, so that one compare tells whether a block
 * is ours.
 *
 * The range is not reserved: it grows by chunks of 2 MiB at addresses that neither the kernel nor a known
 * program uses by itself, and `limit` is exactly what is mapped. So RLIMIT_AS and strict overcommit see only
 * what is in use, and a foreign mapping above the limit ends the growth and nothing else.
 *
 * The headers stand apart from the pages: no page loses a block to its header, and headers do not share one
 * cache set.
 *
 * Not locked: callers hold the GIL, or objects_lock() where there are several.
 */
#ifndef MSHIM_PYTHON_PAGES_H
#define MSHIM_PYTHON_PAGES_H

#include <mshim/page.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAGE_SHIFT = 15,
    PAGE_BYTES = 1 << PAGE_SHIFT,
    CHUNK_PAGES = 64,
    CHUNK_BYTES = PAGE_BYTES * CHUNK_PAGES,
};

struct heap;

enum page_state { PAGE_NONE, PAGE_CURRENT, PAGE_PARTIAL, PAGE_FULL, PAGE_ORPHAN };

/* Hot fields first. What is counted of the page's blocks is counted where a reader of live counters sees it
 * (mshim/page.h); nothing depends on that. */
struct page {
    void *free;
    struct mshim_page_python_class *counts;
    uint32_t live;
    struct page *next, *previous;
    struct heap *heap;
    uint16_t fresh; /* blocks at the end that were never given out */
    uint16_t capacity;
    uint16_t block_bytes;
    uint8_t size_class, domain, state;
    bool unbacked; /* was taken from those that are given back or never touched */
} __attribute__((aligned(64)));

_Static_assert(sizeof(struct page) == 64, "a header is one cache line");

struct region {
    uintptr_t base;
    size_t limit;          /* bytes mapped from base */
    uintptr_t header_bias; /* header of the page of address p: header_bias + (p >> PAGE_SHIFT) * 64 */
};

extern struct region pages_region;

static inline struct page *page_of(uintptr_t header_bias, const void *block) {
    return (struct page *)(header_bias + (((uintptr_t)block >> (PAGE_SHIFT - 6)) & ~(uintptr_t)63));
}

static inline char *page_start(const struct page *page) {
    return (char *)(((uintptr_t)page - pages_region.header_bias) << (PAGE_SHIFT - 6));
}

bool pages_start(void);

/* Has the system back a page that was taken by memory, by one call instead of eight faults. */
void page_prefault(struct page *page);

/* Lowest addresses first, pages that are still backed by memory before others. NULL: no more. */
struct page *pages_take(void);
void pages_release(struct page *page);

/* Bytes given back. */
size_t pages_trim(void);

size_t pages_count(void);
static inline struct page *page_number(size_t number) {
    return page_of(pages_region.header_bias, (char *)pages_region.base + number * PAGE_BYTES);
}

size_t pages_empty_bytes(void);
size_t pages_header_bytes(void);
void pages_set_retained_limit(size_t bytes);

#endif
