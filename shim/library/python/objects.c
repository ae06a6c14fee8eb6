// SPDX-License-Identifier: MIT
/*
 * The hot paths. A free list a slab, one compare to know a block, no lock and no thread look-up: whoever
 * calls holds the GIL.
 */
#include "library/python/objects.h"

#include "library/python/heaps.h"
#include "library/python/large.h"
#include "library/python/several.h"
#include "library/python/timed.h"
#include "library/python/windows.h"

#include <string.h>

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define INLINE      inline __attribute__((always_inline))

bool objects_start(void) {
    if (!slabs_start())
        return false;
    heap_start(&main_heap, &mshim_stats.python_heaps[0]);
    several_start();
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct front *front = &fronts[domain];
        for (unsigned c = 0; c < CLASSES; c++)
            front->current[c] = &no_slab;
        front->base = slabs_region.base;
        front->header_bias = slabs_region.header_bias;
        front->domain = (uint8_t)domain;
        main_heap.shelves[domain].current = front->current;
    }
    fronts_set_limit();
    return true;
}

/* Size 0 comes out as a class that is none. */
static inline size_t class_of(size_t size) {
    return (size - 1) / MSHIM_PYTHON_SMALL_STEP_BYTES;
}

static __attribute__((noinline)) void *malloc_slow(struct front *front, size_t size) {
    if (size == 0)
        size = 1;
    if (size <= MSHIM_PYTHON_SMALL_MAX_BYTES) {
        unsigned size_class = (unsigned)class_of(size);
        void *block = several ? several_malloc(front->domain, size_class)
                              : heap_refill(&main_heap, front->domain, size_class);
        if (LIKELY(block != NULL))
            return block;
    }
    void *block;
    DOMAIN_LARGE(front, size, block = large_malloc(front, size));
    windows_look_aside(front, 1);
    return block;
}

static INLINE void *small_malloc(struct front *front, size_t size) {
    size_t size_class = class_of(size);
    if (LIKELY(size_class < CLASSES)) {
        struct slab *slab = front->current[size_class];
        void *block = slab->free;
        if (LIKELY(block != NULL)) {
            void *next = *(void **)block;
            __builtin_prefetch(next,
                               1); /* the caller of the next call will write there, after its link was read */
            slab->free = next;
            slab->live++;
            if (UNLIKELY(++slab->counts->allocated % WINDOWS_LOOK_EVERY == 0))
                return windows_look(front, block);
            return block;
        }
    }
    return NULL;
}

/* For use in the functions that CPython calls, plain and looked at. */
static INLINE void *front_malloc(struct front *front, size_t size) {
    void *block = small_malloc(front, size);
    return LIKELY(block != NULL) ? block : malloc_slow(front, size);
}

void *objects_malloc(void *context, size_t size) {
    return front_malloc(context, size);
}

static __attribute__((noinline)) void free_slow(struct front *front, void *block) {
    if (UNLIKELY(trim_wanted)) {
        size_t bytes = several_trim();
        if (backend.trimmed != NULL)
            backend.trimmed(bytes);
    }
    if (!is_small(block)) {
        const size_t bytes = large_bytes(block);
        DOMAIN_LARGE(front, bytes, large_free_sized(front, block, bytes));
    } else if (several) {
        several_free(block);
    } else {
        fronts_set_limit(); /* another thread that wants a trim had taken it away */
        objects_free(front, block);
    }
}

static inline bool is_on_fast_path(const struct front *front, const void *block) {
    return LIKELY((uintptr_t)block - front->base < front->limit);
}

static __attribute__((noinline)) void slab_freed(struct front *front, struct slab *slab) {
    heap_freed(slab);
    windows_look_aside(front, WINDOWS_FREED_SLAB);
}

static INLINE void front_free(struct front *front, void *block) {
    if (is_on_fast_path(front, block)) {
        struct slab *slab = slab_of(front->header_bias, block);
        if (UNLIKELY(slab_put(slab, block, true)))
            slab_freed(front, slab);
        return;
    }
    free_slow(front, block);
}

void objects_free(void *context, void *block) {
    front_free(context, block);
}

void *objects_calloc(void *context, size_t count, size_t size) {
    struct front *front = context;
    size_t bytes;
    void *block;
    if (__builtin_mul_overflow(count, size, &bytes))
        return large_calloc(front, count, size); /* it fails at once */
    if (bytes > MSHIM_PYTHON_SMALL_MAX_BYTES) {
        DOMAIN_LARGE(front, bytes, block = large_calloc(front, count, size));
        return block;
    }
    block = objects_malloc(front, bytes);
    if (LIKELY(block != NULL))
        memset(block, 0, bytes);
    return block;
}

void *objects_realloc(void *context, void *block, size_t size) {
    struct front *front = context;
    if (block == NULL)
        return objects_malloc(front, size);
    if (size == 0)
        size = 1;
    size_t old_bytes;
    if (is_small(block)) {
        old_bytes = slab_of(front->header_bias, block)->block_bytes;
        /* As pymalloc does: not worth a copy where less than a quarter is won. */
        if (size <= old_bytes && (class_of(size) == class_of(old_bytes) || 4 * size > 3 * old_bytes))
            return block;
    } else {
        if (size > MSHIM_PYTHON_SMALL_MAX_BYTES) {
            void *large;
            DOMAIN_LARGE(front, size, large = large_realloc(front, block, size));
            return large;
        }
        old_bytes = size; /* a large block that shrinks to a small one: all that is kept is there */
    }
    void *moved = objects_malloc(front, size);
    if (UNLIKELY(moved == NULL))
        return size <= old_bytes ? block : NULL;
    memcpy(moved, block, size < old_bytes ? size : old_bytes);
    objects_free(front, block);
    return moved;
}

static inline size_t bytes_of(const struct front *front, void *block) {
    return is_on_fast_path(front, block) || is_small(block) ? 0 : large_bytes(block);
}

#define front_calloc  objects_calloc
#define front_realloc objects_realloc
DOMAIN_FUNCTIONS(objects_timed, front, bytes_of, windows_close_if_over)
