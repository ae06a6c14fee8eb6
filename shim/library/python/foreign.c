// SPDX-License-Identifier: MIT
#include "library/python/foreign.h"

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
        struct slab *slab = slab_of(slabs_region.header_bias, block);
        if (slab->heap != heap)
            foreign_push(slab->heap, block);
        else if (slab_put(slab, block, false))
            heap_freed(slab);
        block = next;
    }
}

void foreign_move_slabs(struct heap *from, struct heap *to) {
    foreign_drain(from);
    heap_drop_empty(from);
    objects_lock();
    for (size_t i = 0, count = slabs_count(); i < count; i++) {
        struct slab *slab = slab_number(i);
        if (slab->heap != from)
            continue;
        slab->heap = to;
        to->shelves[slab->domain].slabs[slab->size_class]++;
        slab->state = SLAB_FULL;
        if (to != &foreign_orphans && (slab->free != NULL || slab->fresh != 0))
            heap_shelve(slab);
    }
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct shelf *shelf = &from->shelves[domain];
        for (unsigned c = 0; c < CLASSES; c++) {
            shelf->current[c] = &no_slab;
            shelf->partial[c] = NULL;
            shelf->slabs[c] = 0;
        }
    }
    objects_unlock();
}
