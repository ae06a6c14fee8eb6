/* SPDX-License-Identifier: MIT */
#include "library/python/large.h"

#include "library/python/multi_gil.h"
#include "library/python/timed.h"

static MSHIM_NOINLINE struct mshim_python_heap *heap_of_interpreter(void) {
    return mshim_python_multi_gil_heap();
}

/* Atomically: heaps share counts, and no GIL protects those of a thread without an interpreter. */
static MSHIM_NOINLINE void count_shared(struct mshim_stats_python_domain *counts, size_t new_bytes,
                                        size_t old_bytes) {
    __atomic_fetch_add(&counts->large_allocations, new_bytes != 0, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counts->large_frees, old_bytes != 0, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counts->large_allocated_bytes, new_bytes, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counts->large_freed_bytes, old_bytes, __ATOMIC_RELAXED);
}

/* `requested_bytes`: 0 where no block was given out. */
static inline void count(struct mshim_python_front *front, size_t requested_bytes, size_t new_bytes,
                         size_t old_bytes) {
    const unsigned domain = front->domain;
    if (unlikely(mshim_python_multi_gil)) {
        struct mshim_python_heap *heap = heap_of_interpreter();
        count_shared(heap ? &heap->counts->domains[domain] : mshim_python_stray_counts(domain), new_bytes,
                     old_bytes);
    } else {
        struct mshim_stats_python_domain *counts = &mshim_stats.python_heaps[0].domains[domain];
        counts->large_allocations += new_bytes != 0;
        counts->large_frees += old_bytes != 0;
        counts->large_allocated_bytes += new_bytes;
        counts->large_freed_bytes += old_bytes;
    }
    const int64_t live_bytes = (int64_t)new_bytes - (int64_t)old_bytes;
    if (requested_bytes)
        mshim_count_python_block(requested_bytes, live_bytes);
    else
        mshim_count_python_live(live_bytes);
}

static inline void *allocated(struct mshim_python_front *front, void *block, size_t requested_bytes) {
    if (unlikely(!block)) {
        __atomic_fetch_add(&mshim_python_stray_counts(front->domain)->failures, 1, __ATOMIC_RELAXED);
        return NULL;
    }
    if (mshim_python_backend.count)
        count(front, requested_bytes, mshim_python_backend.usable_size(block), 0);
    return block;
}

void *mshim_python_large_malloc(void *context, size_t size) {
    struct mshim_python_front *const front = context;
    if (size == 0)
        size = 1;
    return allocated(front, mshim_python_backend.malloc(size), size);
}

void *mshim_python_large_calloc(void *context, size_t count, size_t size) {
    struct mshim_python_front *const front = context;
    if (count == 0 || size == 0)
        count = size = 1;
    void *block = mshim_python_backend.calloc(count, size);
    return allocated(front, block, count * size);
}

size_t mshim_python_large_bytes(void *block) {
    return !block || !mshim_python_backend.count ? 0 : mshim_python_backend.usable_size(block);
}

void mshim_python_large_free_sized(struct mshim_python_front *front, void *block, size_t bytes) {
    if (!block)
        return;
    if (mshim_python_backend.count)
        count(front, 0, 0, bytes);
    mshim_python_backend.free(block);
}

void mshim_python_large_free(void *context, void *block) {
    mshim_python_large_free_sized(context, block, mshim_python_large_bytes(block));
}

void *mshim_python_large_realloc(void *context, void *block, size_t size) {
    struct mshim_python_front *const front = context;
    if (!block)
        return mshim_python_large_malloc(context, size);
    if (size == 0)
        size = 1;
    if (!mshim_python_backend.count) {
        void *moved = mshim_python_backend.realloc(block, size);
        return moved ? moved : allocated(front, NULL, size);
    }
    size_t old_bytes = mshim_python_backend.usable_size(block);
    if (mshim_python_backend.stays_in_place && size <= old_bytes && size >= old_bytes - old_bytes / 8)
        return block;
    void *moved = mshim_python_backend.realloc(block, size);
    if (!moved)
        return allocated(front, NULL, size);
    size_t new_bytes = mshim_python_backend.usable_size(moved);
    if (moved != block || new_bytes != old_bytes)
        count(front, size, new_bytes, old_bytes);
    return moved;
}

static inline size_t bytes_of(const struct mshim_python_front *front, void *block) {
    (void)front;
    return mshim_python_large_bytes(block);
}

static inline void after(const struct mshim_python_front *front) {
    (void)front;
}

#define TIMED(call) mshim_python_allocator_##call
#define SERVE(call) mshim_python_large_##call
#include "library/python/timed_template.h"
