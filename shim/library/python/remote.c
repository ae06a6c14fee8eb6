/* SPDX-License-Identifier: MIT */
#include "library/python/remote.h"

struct mshim_python_heap mshim_python_orphans;

void mshim_python_remote_push(struct mshim_python_heap *heap, void *block) {
    void *old = __atomic_load_n(&heap->remote, __ATOMIC_RELAXED);
    do
        *(void **)block = old;
    while (
        !__atomic_compare_exchange_n(&heap->remote, &old, block, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

void mshim_python_remote_drain(struct mshim_python_heap *heap) {
    void *block = __atomic_exchange_n(&heap->remote, NULL, __ATOMIC_ACQUIRE);
    while (block) {
        void *next = *(void **)block;
        struct mshim_python_slab *slab = mshim_python_slab_of(block);
        if (slab->heap != heap)
            mshim_python_remote_push(slab->heap, block);
        else if (mshim_python_slab_put(slab, block, false))
            mshim_python_heap_freed(slab);
        block = next;
    }
}

void mshim_python_move_slabs(struct mshim_python_heap *from, struct mshim_python_heap *to) {
    mshim_python_remote_drain(from);
    mshim_python_heap_drop_empty(from);
    mshim_python_lock();
    for (size_t i = 0, count = mshim_python_slabs_count(); i < count; i++) {
        struct mshim_python_slab *slab = mshim_python_slab_number(i);
        if (slab->heap != from)
            continue;
        slab->heap = to;
        to->bins[slab->domain].slabs[slab->size_class]++;
        slab->state = MSHIM_PYTHON_SLAB_FULL;
        slab->frees_left = 1;
        if (to != &mshim_python_orphans)
            mshim_python_heap_adopt(slab);
    }
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct mshim_python_bin *bin = &from->bins[domain];
        for (unsigned c = 0; c < MSHIM_PYTHON_SMALL_CLASSES; c++) {
            bin->current[c] = &mshim_python_no_slab;
            bin->partial[c] = NULL;
            bin->slabs[c] = 0;
        }
    }
    mshim_python_unlock();
}
