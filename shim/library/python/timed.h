/* SPDX-License-Identifier: MIT */
/*
 * Template: the functions that a domain is given, in the shape of PyMemAllocatorEx, of those that serve it.
 * They are timed now and then (sampling/sampler.h); the context is a struct front.
 */
#ifndef MSHIM_LIBRARY_PYTHON_TIMED_H
#define MSHIM_LIBRARY_PYTHON_TIMED_H

#include "library/python/heaps.h"

/* Without a common GIL nobody owns the front: nothing is timed. */
#define DOMAIN_TIMED(front, bytes, statement)                                                                \
    do {                                                                                                     \
        if (several) {                                                                                       \
            (front)->timing = (struct mshim_sampling_stream)MSHIM_SAMPLING_NEVER;                                    \
            statement;                                                                                       \
        } else {                                                                                             \
            MSHIM_TIMED(MSHIM_STATS_TIMING_PYTHON + (front)->domain, &(front)->timing, bytes, statement);       \
        }                                                                                                    \
    } while (0)

#define DOMAIN_ASIDE static __attribute__((noinline, cold))

/* A large call that no timed function stands before. */
#define DOMAIN_LARGE(front, size_bytes, statement)                                                           \
    do {                                                                                                     \
        const size_t bytes_ = (size_bytes);                                                                  \
        if ((front)->window_open || bytes_ < MSHIM_SAMPLING_LARGE_BYTES) {                                       \
            statement;                                                                                       \
        } else if (DOMAIN_IS_WATCHED(front, bytes_)) {                                                       \
            const uint64_t tick_ = mshim_tick();                                                             \
            statement;                                                                                       \
            mshim_sampling_watched(&(front)->timing, bytes_, tick_);                                             \
        } else {                                                                                             \
            DOMAIN_TIMED(front, bytes_, statement);                                                          \
        }                                                                                                    \
    } while (0)

#define DOMAIN_IS_WATCHED(front, bytes) (mshim_sampling_is_watched(&(front)->timing, bytes) && !several)

/* `serve`_malloc and so on serve a call; `bytes_of` says what is known of a block's size without cost;
 * `after` follows a timed call and a watch. */
#define DOMAIN_FUNCTIONS(name, serve, bytes_of, after)                                                       \
    DOMAIN_ASIDE void *name##_malloc_timed(struct front *front, size_t size) {                               \
        void *block;                                                                                         \
        DOMAIN_TIMED(front, size, block = serve##_malloc(front, size));                                      \
        after(front);                                                                                        \
        return block;                                                                                        \
    }                                                                                                        \
    DOMAIN_ASIDE void *name##_calloc_timed(struct front *front, size_t count, size_t size) {                 \
        void *block;                                                                                         \
        size_t bytes;                                                                                        \
        if (__builtin_mul_overflow(count, size, &bytes))                                                     \
            bytes = 0; /* it fails at once */                                                                \
        DOMAIN_TIMED(front, bytes, block = serve##_calloc(front, count, size));                              \
        after(front);                                                                                        \
        return block;                                                                                        \
    }                                                                                                        \
    DOMAIN_ASIDE void *name##_realloc_timed(struct front *front, void *block, size_t size) {                 \
        void *moved;                                                                                         \
        DOMAIN_TIMED(front, size, moved = serve##_realloc(front, block, size));                              \
        after(front);                                                                                        \
        return moved;                                                                                        \
    }                                                                                                        \
    DOMAIN_ASIDE void name##_free_timed(struct front *front, void *block, size_t bytes) {                    \
        DOMAIN_TIMED(front, bytes, serve##_free(front, block));                                              \
        after(front);                                                                                        \
    }                                                                                                        \
    void *name##_malloc(void *context, size_t size) {                                                        \
        const uint64_t tick = mshim_tick();                                                                  \
        struct front *front = context;                                                                       \
        if (!mshim_sampling_is_due(&front->timing, size))                                                           \
            return serve##_malloc(front, size);                                                              \
        if (!DOMAIN_IS_WATCHED(front, size))                                                                 \
            return name##_malloc_timed(front, size);                                                         \
        void *block = serve##_malloc(front, size);                                                           \
        if (mshim_sampling_watched(&front->timing, size, tick))                                                  \
            after(front);                                                                                    \
        return block;                                                                                        \
    }                                                                                                        \
    void *name##_calloc(void *context, size_t count, size_t size) {                                          \
        const uint64_t tick = mshim_tick();                                                                  \
        struct front *front = context;                                                                       \
        const size_t bytes = count > 1 ? count * size : size;                                                \
        if (!mshim_sampling_is_due(&front->timing, bytes))                                                          \
            return serve##_calloc(front, count, size);                                                       \
        if (!DOMAIN_IS_WATCHED(front, bytes))                                                                \
            return name##_calloc_timed(front, count, size);                                                  \
        void *block = serve##_calloc(front, count, size);                                                    \
        if (mshim_sampling_watched(&front->timing, bytes, tick))                                                 \
            after(front);                                                                                    \
        return block;                                                                                        \
    }                                                                                                        \
    void *name##_realloc(void *context, void *block, size_t size) {                                          \
        const uint64_t tick = mshim_tick();                                                                  \
        struct front *front = context;                                                                       \
        if (!mshim_sampling_is_due(&front->timing, size))                                                           \
            return serve##_realloc(front, block, size);                                                      \
        if (!DOMAIN_IS_WATCHED(front, size))                                                                 \
            return name##_realloc_timed(front, block, size);                                                 \
        void *moved = serve##_realloc(front, block, size);                                                   \
        if (mshim_sampling_watched(&front->timing, size, tick))                                                  \
            after(front);                                                                                    \
        return moved;                                                                                        \
    }                                                                                                        \
    void name##_free(void *context, void *block) {                                                           \
        const uint64_t tick = mshim_tick();                                                                  \
        struct front *front = context;                                                                       \
        const size_t bytes = bytes_of(front, block);                                                         \
        if (!mshim_sampling_is_due(&front->timing, bytes)) {                                                        \
            serve##_free(front, block);                                                                      \
        } else if (!DOMAIN_IS_WATCHED(front, bytes)) {                                                       \
            name##_free_timed(front, block, bytes);                                                          \
        } else {                                                                                             \
            serve##_free(front, block);                                                                      \
            if (mshim_sampling_watched(&front->timing, bytes, tick))                                             \
                after(front);                                                                                \
        }                                                                                                    \
    }

#endif
