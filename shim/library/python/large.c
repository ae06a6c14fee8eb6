// SPDX-License-Identifier: MIT
#include "library/python/large.h"

#include "library/python/heaps.h"
#include "library/python/several.h"
#include "library/python/timed.h"

static __attribute__((noinline)) struct heap *heap_of_interpreter(void) {
    return several_heap();
}

/* Where no interpreter is current, or one of several, no GIL protects the counts. */
static __attribute__((noinline)) void count_shared(struct mshim_stats_python_domain *counts, size_t new_bytes,
                                                   size_t old_bytes) {
    __atomic_fetch_add(&counts->large_allocations, new_bytes != 0, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counts->large_frees, old_bytes != 0, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counts->large_allocated_bytes, new_bytes, __ATOMIC_RELAXED);
    __atomic_fetch_add(&counts->large_freed_bytes, old_bytes, __ATOMIC_RELAXED);
}

/* `asked_bytes`: of a block that was given out; 0: of none. */
static inline void count(struct front *front, size_t asked_bytes, size_t new_bytes, size_t old_bytes) {
    const unsigned domain = front->domain;
    if (__builtin_expect(several, 0)) {
        struct heap *heap = heap_of_interpreter();
        count_shared(heap ? &heap->counts->domains[domain] : stray_counts(domain), new_bytes, old_bytes);
    } else {
        struct mshim_stats_python_domain *counts = &mshim_stats.python_heaps[0].domains[domain];
        counts->large_allocations += new_bytes != 0;
        counts->large_frees += old_bytes != 0;
        counts->large_allocated_bytes += new_bytes;
        counts->large_freed_bytes += old_bytes;
    }
    const int64_t live_bytes = (int64_t)new_bytes - (int64_t)old_bytes;
    if (asked_bytes)
        mshim_count_python_block(asked_bytes, live_bytes);
    else
        mshim_count_python_live(live_bytes);
}

static inline void *allocated(struct front *front, void *block, size_t requested_bytes) {
    if (__builtin_expect(block == NULL, 0)) {
        __atomic_fetch_add(&stray_counts(front->domain)->failures, 1, __ATOMIC_RELAXED);
        return NULL;
    }
    if (backend.count)
        count(front, requested_bytes, backend.usable_size(block), 0);
    return block;
}

void *large_malloc(void *context, size_t size) {
    struct front *front = context;
    if (size == 0)
        size = 1;
    return allocated(front, backend.malloc(size), size);
}

void *large_calloc(void *context, size_t count, size_t size) {
    struct front *front = context;
    if (count == 0 || size == 0)
        count = size = 1;
    void *block = backend.calloc(count, size);
    return allocated(front, block, count * size);
}

size_t large_bytes(void *block) {
    return block == NULL || !backend.count ? 0 : backend.usable_size(block);
}

void large_free_sized(struct front *front, void *block, size_t bytes) {
    if (block == NULL)
        return;
    if (backend.count)
        count(front, 0, 0, bytes);
    backend.free(block);
}

void large_free(void *context, void *block) {
    large_free_sized(context, block, large_bytes(block));
}

void *large_realloc(void *context, void *block, size_t size) {
    struct front *front = context;
    if (block == NULL)
        return large_malloc(context, size);
    if (size == 0)
        size = 1;
    if (!backend.count) {
        void *moved = backend.realloc(block, size);
        return moved != NULL ? moved : allocated(front, NULL, size);
    }
    size_t old_bytes = backend.usable_size(block);
    if (backend.stays_in_place && size <= old_bytes && size >= old_bytes - old_bytes / 8)
        return block;
    void *moved = backend.realloc(block, size);
    if (moved == NULL)
        return allocated(front, NULL, size);
    size_t new_bytes = backend.usable_size(moved);
    if (moved != block || new_bytes != old_bytes)
        count(front, size, new_bytes, old_bytes);
    return moved;
}

static inline size_t bytes_of(const struct front *front, void *block) {
    (void)front;
    return large_bytes(block);
}

static inline void nothing_follows(const struct front *front) {
    (void)front;
}

DOMAIN_FUNCTIONS(allocator, large, bytes_of, nothing_follows)
