/* SPDX-License-Identifier: MIT */
/*
 * Template: the functions of a domain, in the shape of PyMemAllocatorEx, that time some of their calls. The
 * file that includes it defines
 *
 *     TIMED(call)              the name of the function made here: TIMED(malloc), …
 *     SERVE(call)              the name of the function that serves the call
 *     bytes_of(front, block)   as much of a block's size as can be told without cost, else 0
 *     after(front)             what follows a timed call, and the tick that ends a watch
 */
#include "library/python/timed.h"

static MSHIM_COLD void *TIMED(malloc_burst)(struct mshim_python_front *front, size_t size) {
    struct mshim_python_timing timing;
    mshim_python_timed_begin(front, &timing, size);
    void *const block = SERVE(malloc)(front, size);
    mshim_python_timed_end(front, &timing);
    after(front);
    return block;
}

static MSHIM_COLD void *TIMED(calloc_burst)(struct mshim_python_front *front, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        bytes = 0; /* the call fails at once */
    struct mshim_python_timing timing;
    mshim_python_timed_begin(front, &timing, bytes);
    void *const block = SERVE(calloc)(front, count, size);
    mshim_python_timed_end(front, &timing);
    after(front);
    return block;
}

static MSHIM_COLD void *TIMED(realloc_burst)(struct mshim_python_front *front, void *block, size_t size) {
    struct mshim_python_timing timing;
    mshim_python_timed_begin(front, &timing, size);
    void *const moved = SERVE(realloc)(front, block, size);
    mshim_python_timed_end(front, &timing);
    after(front);
    return moved;
}

static MSHIM_COLD void TIMED(free_burst)(struct mshim_python_front *front, void *block, size_t bytes) {
    struct mshim_python_timing timing;
    mshim_python_timed_begin(front, &timing, bytes);
    SERVE(free)(front, block);
    mshim_python_timed_end(front, &timing);
    after(front);
}

void *TIMED(malloc)(void *context, size_t size) {
    const uint64_t tick = mshim_tick();
    struct mshim_python_front *const front = context;
    if (!mshim_sampling_is_due(&front->timing, size))
        return SERVE(malloc)(front, size);
    if (!mshim_python_is_watched(front, size))
        return TIMED(malloc_burst)(front, size);
    void *const block = SERVE(malloc)(front, size);
    if (mshim_sampling_watched(&front->timing, size, tick))
        after(front);
    return block;
}

void *TIMED(calloc)(void *context, size_t count, size_t size) {
    const uint64_t tick = mshim_tick();
    struct mshim_python_front *const front = context;
    const size_t bytes = count > 1 ? count * size : size;
    if (!mshim_sampling_is_due(&front->timing, bytes))
        return SERVE(calloc)(front, count, size);
    if (!mshim_python_is_watched(front, bytes))
        return TIMED(calloc_burst)(front, count, size);
    void *const block = SERVE(calloc)(front, count, size);
    if (mshim_sampling_watched(&front->timing, bytes, tick))
        after(front);
    return block;
}

void *TIMED(realloc)(void *context, void *block, size_t size) {
    const uint64_t tick = mshim_tick();
    struct mshim_python_front *const front = context;
    if (!mshim_sampling_is_due(&front->timing, size))
        return SERVE(realloc)(front, block, size);
    if (!mshim_python_is_watched(front, size))
        return TIMED(realloc_burst)(front, block, size);
    void *const moved = SERVE(realloc)(front, block, size);
    if (mshim_sampling_watched(&front->timing, size, tick))
        after(front);
    return moved;
}

void TIMED(free)(void *context, void *block) {
    const uint64_t tick = mshim_tick();
    struct mshim_python_front *const front = context;
    const size_t bytes = bytes_of(front, block);
    if (!mshim_sampling_is_due(&front->timing, bytes)) {
        SERVE(free)(front, block);
    } else if (!mshim_python_is_watched(front, bytes)) {
        TIMED(free_burst)(front, block, bytes);
    } else {
        SERVE(free)(front, block);
        if (mshim_sampling_watched(&front->timing, bytes, tick))
            after(front);
    }
}
