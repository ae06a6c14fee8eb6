/* SPDX-License-Identifier: MIT */
/*
 * The hot paths: a free list for each slab, one comparison to recognise a block, no lock and no lookup of the
 * thread, as the caller holds the GIL.
 */
#include "library/python/objects.h"

#include "library/python/bursts.h"
#include "library/python/heaps.h"
#include "library/python/large.h"
#include "library/python/multi_gil.h"
#include "library/python/timed.h"

#include <string.h>

enum { CLEAR_INLINE_BYTES = 128 };

bool mshim_python_objects_start(void) {
    if (!mshim_python_slabs_start())
        return false;
    mshim_python_heap_start(&mshim_python_main_heap, &mshim_stats.python_heaps[0]);
    mshim_python_multi_gil_start();
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct mshim_python_front *front = &mshim_python_fronts[domain];
        for (unsigned c = 0; c < MSHIM_PYTHON_SMALL_CLASSES; c++)
            front->current[c] = &mshim_python_no_slab;
        front->base = mshim_python_region.base;
        front->headers = mshim_python_region.headers;
        front->domain = (uint8_t)domain;
        mshim_python_main_heap.bins[domain].current = front->current;
    }
    mshim_python_fronts_set_limit();
    return true;
}

/* Of size 0 a number that is no class. */
static inline size_t class_of(size_t size) {
    return (size - 1) / MSHIM_PYTHON_SMALL_STEP_BYTES;
}

static MSHIM_NOINLINE void *malloc_slow(struct mshim_python_front *front, size_t size) {
    if (size == 0)
        size = 1;
    if (size <= MSHIM_PYTHON_SMALL_MAX_BYTES) {
        unsigned size_class = (unsigned)class_of(size);
        void *block = mshim_python_multi_gil
                          ? mshim_python_multi_gil_malloc(front->domain, size_class)
                          : mshim_python_heap_refill(&mshim_python_main_heap, front->domain, size_class);
        if (likely(block))
            return block;
    }
    struct mshim_python_timing timing;
    mshim_python_large_begin(front, &timing, size);
    void *const block = mshim_python_large_malloc(front, size);
    mshim_python_large_end(front, &timing);
    mshim_python_bursts_look_slow(front, 1);
    return block;
}

/* Part of what CPython calls, plain and timed. Its slow paths are tail calls, so that nothing is saved for them. */
static MSHIM_ALWAYS_INLINE void *front_malloc(struct mshim_python_front *front, size_t size) {
    const size_t size_class = class_of(size);
    if (unlikely(size_class >= MSHIM_PYTHON_SMALL_CLASSES))
        return malloc_slow(front, size);
    struct mshim_python_slab *const slab = front->current[size_class];
    void *const block = slab->free;
    if (unlikely(!block))
        return malloc_slow(front, size);
    slab->free = *(void **)block;
    if (unlikely(++slab->counts->allocated % MSHIM_PYTHON_LOOK_EVERY == 0))
        return mshim_python_bursts_look(front, block);
    return block;
}

void *mshim_python_objects_malloc(void *context, size_t size) {
    return front_malloc(context, size);
}

static MSHIM_NOINLINE void free_slow(struct mshim_python_front *front, void *block) {
    if (unlikely(mshim_python_trim_wanted)) {
        size_t bytes = mshim_python_multi_gil_trim();
        if (mshim_python_backend.trimmed)
            mshim_python_backend.trimmed(bytes);
    }
    if (!mshim_python_is_small(block)) {
        const size_t bytes = mshim_python_large_bytes(block);
        struct mshim_python_timing timing;
        mshim_python_large_begin(front, &timing, bytes);
        mshim_python_large_free_sized(front, block, bytes);
        mshim_python_large_end(front, &timing);
    } else if (mshim_python_multi_gil) {
        mshim_python_multi_gil_free(block);
    } else {
        mshim_python_fronts_set_limit(); /* a request to trim had lowered it */
        mshim_python_objects_free(front, block);
    }
}

static inline bool is_on_fast_path(const struct mshim_python_front *front, const void *block) {
    return likely((uintptr_t)block - front->base < front->limit);
}

static MSHIM_NOINLINE void slab_freed(struct mshim_python_front *front, struct mshim_python_slab *slab) {
    mshim_python_heap_freed(slab);
    mshim_python_bursts_look_slow(front, MSHIM_PYTHON_LOOK_SLAB);
}

static MSHIM_ALWAYS_INLINE void front_free(struct mshim_python_front *front, void *block) {
    const uintptr_t offset = (uintptr_t)block - front->base;
    if (unlikely(offset >= front->limit)) {
        free_slow(front, block);
        return;
    }
    struct mshim_python_slab *const slab = mshim_python_slab_at(front->headers, offset);
    if (mshim_python_slab_put(slab, block, true))
        slab_freed(front, slab);
}

void mshim_python_objects_free(void *context, void *block) {
    front_free(context, block);
}

/* Clears a block of a slab. Few bytes (the items of a small list) by stores, which is faster than a call; they
 * may go beyond `bytes`, up to the end of the block. */
static MSHIM_ALWAYS_INLINE void clear(void *block, size_t bytes) {
    if (bytes > CLEAR_INLINE_BYTES) {
        memset(block, 0, bytes);
        return;
    }
    char *const end = (char *)block + bytes;
    for (char *at = block; at < end; at += MSHIM_PYTHON_SMALL_STEP_BYTES) {
        memset(at, 0, MSHIM_PYTHON_SMALL_STEP_BYTES);
        __asm__ volatile("" ::: "memory"); /* or the compiler makes the loop a call */
    }
}

static MSHIM_NOINLINE void *calloc_large(struct mshim_python_front *front, size_t count, size_t size,
                                         size_t bytes) {
    struct mshim_python_timing timing;
    mshim_python_large_begin(front, &timing, bytes);
    void *const block = mshim_python_large_calloc(front, count, size);
    mshim_python_large_end(front, &timing);
    return block;
}

static MSHIM_ALWAYS_INLINE void *front_calloc(struct mshim_python_front *front, size_t count, size_t size) {
    size_t bytes;
    if (unlikely(__builtin_mul_overflow(count, size, &bytes)))
        return mshim_python_large_calloc(front, count, size); /* it fails at once */
    if (unlikely(bytes > MSHIM_PYTHON_SMALL_MAX_BYTES))
        return calloc_large(front, count, size, bytes);
    void *const block = front_malloc(front, bytes);
    if (likely(block))
        clear(block, bytes);
    return block;
}

void *mshim_python_objects_calloc(void *context, size_t count, size_t size) {
    return front_calloc(context, count, size);
}

void *mshim_python_objects_realloc(void *context, void *block, size_t size) {
    struct mshim_python_front *const front = context;
    if (!block)
        return mshim_python_objects_malloc(front, size);
    if (size == 0)
        size = 1;
    size_t old_bytes;
    if (mshim_python_is_small(block)) {
        old_bytes = mshim_python_slab_of(block)->block_bytes;
        /* As pymalloc: saving less than a quarter is not worth a copy. */
        if (size <= old_bytes && (class_of(size) == class_of(old_bytes) || 4 * size > 3 * old_bytes))
            return block;
    } else {
        if (size > MSHIM_PYTHON_SMALL_MAX_BYTES) {
            struct mshim_python_timing timing;
            mshim_python_large_begin(front, &timing, size);
            void *const large = mshim_python_large_realloc(front, block, size);
            mshim_python_large_end(front, &timing);
            return large;
        }
        old_bytes = size; /* of a large block that becomes small no more than that is copied */
    }
    void *moved = mshim_python_objects_malloc(front, size);
    if (unlikely(!moved))
        return size <= old_bytes ? block : NULL;
    memcpy(moved, block, size < old_bytes ? size : old_bytes);
    mshim_python_objects_free(front, block);
    return moved;
}

static inline size_t bytes_of(const struct mshim_python_front *front, void *block) {
    return is_on_fast_path(front, block) || mshim_python_is_small(block) ? 0
                                                                         : mshim_python_large_bytes(block);
}

static inline void after(struct mshim_python_front *front) {
    mshim_python_bursts_close_if_over(front);
}

#define front_realloc mshim_python_objects_realloc
#define TIMED(call)   mshim_python_objects_timed_##call
#define SERVE(call)   front_##call
#include "library/python/timed_template.h"
