/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_TIMED_H
#define MSHIM_LIBRARY_PYTHON_TIMED_H

/* Timing of a domain's calls (sampling/sampler.h). With multiple GILs nobody owns the front's stream, and
 * nothing is timed. */

#include "library/python/heaps.h"

struct mshim_python_timing {
    enum { MSHIM_PYTHON_UNTIMED, MSHIM_PYTHON_WATCHED, MSHIM_PYTHON_TIMED } kind;
    uint64_t tick; /* before a watched call */
    struct mshim_timed_call call;
};

/* Of a call that is due: is it watched, rather than timed? */
static MSHIM_ALWAYS_INLINE bool mshim_python_is_watched(struct mshim_python_front *front, size_t bytes) {
    return mshim_sampling_is_watched(&front->timing, bytes) && !mshim_python_multi_gil;
}

/* Before a call that is due and not watched. (`timing` is filled in in place: copying it would be timed.) */
static MSHIM_ALWAYS_INLINE void mshim_python_timed_begin(struct mshim_python_front *front,
                                                         struct mshim_python_timing *timing, size_t bytes) {
    *timing = (struct mshim_python_timing){.kind = MSHIM_PYTHON_UNTIMED,
                                           .call = {.stream = &front->timing, .bytes = bytes}};
    if (mshim_python_multi_gil) {
        front->timing = (struct mshim_sampling_stream)MSHIM_SAMPLING_NEVER;
    } else if (mshim_sampling_before(&timing->call)) {
        timing->kind = MSHIM_PYTHON_TIMED;
        timing->call.began = mshim_cycles();
    }
}

static MSHIM_ALWAYS_INLINE void mshim_python_timed_end(struct mshim_python_front *front,
                                                       struct mshim_python_timing *timing) {
    if (timing->kind != MSHIM_PYTHON_TIMED)
        return;
    timing->call.ended = mshim_cycles();
    mshim_sampling_after(&timing->call, MSHIM_STATS_TIMING_PYTHON + front->domain);
}

/* Around a call that the selected allocator serves, outside a burst. */
static MSHIM_ALWAYS_INLINE void mshim_python_large_begin(struct mshim_python_front *front,
                                                         struct mshim_python_timing *timing, size_t bytes) {
    timing->kind = MSHIM_PYTHON_UNTIMED;
    if (front->burst_open || bytes < MSHIM_SAMPLING_LARGE_BYTES)
        return;
    if (!mshim_python_is_watched(front, bytes)) {
        mshim_python_timed_begin(front, timing, bytes);
        return;
    }
    timing->kind = MSHIM_PYTHON_WATCHED;
    timing->call.bytes = bytes;
    timing->tick = mshim_tick();
}

static MSHIM_ALWAYS_INLINE void mshim_python_large_end(struct mshim_python_front *front,
                                                       struct mshim_python_timing *timing) {
    if (timing->kind == MSHIM_PYTHON_WATCHED)
        (void)mshim_sampling_watched(&front->timing, timing->call.bytes, timing->tick);
    else
        mshim_python_timed_end(front, timing);
}

#endif
