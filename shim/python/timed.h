/* SPDX-License-Identifier: MIT */
/*
 * Template: the functions that a domain is given, in the shape of PyMemAllocatorEx, of those that serve it.
 * They are timed now and then (timing/sampler.h); the context is a struct front.
 */
#ifndef MSHIM_PYTHON_TIMED_H
#define MSHIM_PYTHON_TIMED_H

#include "python/heaps.h"

/* Without a common GIL nobody owns the front: nothing is timed. */
#define DOMAIN_TIMED(front, bytes, statement)                                                                \
    do {                                                                                                     \
        if (several) {                                                                                       \
            (front)->timing = (struct mshim_time_stream)MSHIM_TIME_NEVER;                                    \
            statement;                                                                                       \
        } else {                                                                                             \
            MSHIM_TIMED(MSHIM_PAGE_TIME_PYTHON + (front)->domain, &(front)->timing, bytes, statement);       \
        }                                                                                                    \
    } while (0)

#define DOMAIN_OUT_OF_LINE static __attribute__((noinline, cold))

/* A large call that no timed function stands before. */
#define DOMAIN_LARGE(front, bytes, statement)                                                                \
    do {                                                                                                     \
        if (!(front)->window_open && (bytes) >= MSHIM_TIME_LARGE_BYTES &&                                    \
            mshim_time_due(&(front)->timing, (bytes)))                                                       \
            DOMAIN_TIMED(front, bytes, statement);                                                           \
        else                                                                                                 \
            statement;                                                                                       \
    } while (0)

/* `serve`_malloc and so on serve a call; `bytes_of` says what is known of a block's size without cost;
 * `after` follows a timed call. */
#define DOMAIN_FUNCTIONS(name, serve, bytes_of, after)                                                       \
    DOMAIN_OUT_OF_LINE void *name##_malloc_timed(struct front *front, size_t size) {                         \
        void *block;                                                                                         \
        DOMAIN_TIMED(front, size, block = serve##_malloc(front, size));                                      \
        after(front);                                                                                        \
        return block;                                                                                        \
    }                                                                                                        \
    DOMAIN_OUT_OF_LINE void *name##_calloc_timed(struct front *front, size_t count, size_t size) {           \
        void *block;                                                                                         \
        size_t bytes;                                                                                        \
        if (__builtin_mul_overflow(count, size, &bytes))                                                     \
            bytes = 0; /* it fails at once */                                                                \
        DOMAIN_TIMED(front, bytes, block = serve##_calloc(front, count, size));                              \
        after(front);                                                                                        \
        return block;                                                                                        \
    }                                                                                                        \
    DOMAIN_OUT_OF_LINE void *name##_realloc_timed(struct front *front, void *block, size_t size) {           \
        void *moved;                                                                                         \
        DOMAIN_TIMED(front, size, moved = serve##_realloc(front, block, size));                              \
        after(front);                                                                                        \
        return moved;                                                                                        \
    }                                                                                                        \
    DOMAIN_OUT_OF_LINE void name##_free_timed(struct front *front, void *block, size_t bytes) {              \
        DOMAIN_TIMED(front, bytes, serve##_free(front, block));                                              \
        after(front);                                                                                        \
    }                                                                                                        \
    void *name##_malloc(void *context, size_t size) {                                                        \
        struct front *front = context;                                                                       \
        return mshim_time_due(&front->timing, size) ? name##_malloc_timed(front, size)                       \
                                                    : serve##_malloc(front, size);                           \
    }                                                                                                        \
    void *name##_calloc(void *context, size_t count, size_t size) {                                          \
        struct front *front = context;                                                                       \
        return mshim_time_due(&front->timing, count > 1 ? count * size : size)                               \
                   ? name##_calloc_timed(front, count, size)                                                 \
                   : serve##_calloc(front, count, size);                                                     \
    }                                                                                                        \
    void *name##_realloc(void *context, void *block, size_t size) {                                          \
        struct front *front = context;                                                                       \
        return mshim_time_due(&front->timing, size) ? name##_realloc_timed(front, block, size)               \
                                                    : serve##_realloc(front, block, size);                   \
    }                                                                                                        \
    void name##_free(void *context, void *block) {                                                           \
        struct front *front = context;                                                                       \
        const size_t bytes = bytes_of(front, block);                                                         \
        if (mshim_time_due(&front->timing, bytes))                                                           \
            name##_free_timed(front, block, bytes);                                                          \
        else                                                                                                 \
            serve##_free(front, block);                                                                      \
    }

#endif
