// SPDX-License-Identifier: MIT
#include "python/foreign.h"

struct heap foreign_orphans;

void foreign_push(struct heap *heap, void *block) {
    void *old = __atomic_load_n(&heap->foreign, __ATOMIC_RELAXED);
    do
        *(void **)block = old;
    while (
        !__atomic_compare_exchange_n(&heap->foreign, &old, block, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

void foreign_drain(struct heap *heap) {
    void *block = __atomic_exchange_n(&heap->foreign, NULL, __ATOMIC_ACQUIRE);
    while (block != NULL) {
        void *next = *(void **)block;
        struct page *page = page_of(pages_region.header_bias, block);
        if (page->heap != heap)
            foreign_push(page->heap, block);
        else if (page_put(page, block, false))
            heap_freed(page);
        block = next;
    }
}

void foreign_move_pages(struct heap *from, struct heap *to) {
    foreign_drain(from);
    heap_drop_empty(from);
    objects_lock();
    for (size_t i = 0, count = pages_count(); i < count; i++) {
        struct page *page = page_number(i);
        if (page->heap != from)
            continue;
        page->heap = to;
        to->shelves[page->domain].pages[page->size_class]++;
        page->state = PAGE_FULL;
        if (to != &foreign_orphans && (page->free != NULL || page->fresh != 0))
            heap_shelve(page);
    }
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct shelf *shelf = &from->shelves[domain];
        for (unsigned c = 0; c < CLASSES; c++) {
            shelf->current[c] = &no_page;
            shelf->partial[c] = NULL;
            shelf->pages[c] = 0;
        }
    }
    objects_unlock();
}
