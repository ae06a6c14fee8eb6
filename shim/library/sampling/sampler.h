/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_SAMPLER_H
#define MSHIM_LIBRARY_SAMPLING_SAMPLER_H

/*
 * Which calls are observed, and how.
 *
 * On the hot path there is one question: is the countdown of this thread at its end? (For small objects of
 * CPython there is none: python/windows.h.) The rest is out of line. When a countdown ends, one of two things
 * begins:
 *
 * A watch, shortly before the kernel's next tick is due (tick.h). It looks, after every call, whether the
 * tick came within, and lasts until the tick has come. So the tick is a sample of where the program is, as a
 * profiler takes it, and of a program that runs undisturbed but for the watch: unbiased, but rare. The faster
 * calls come, the shorter the watch; a few hundredths of all calls are watched. If calls come more slowly
 * than expected the tick may be missed; it then counts with the next one that is seen.
 *
 * A burst (burst.h), at most one in some milliseconds: MSHIM_STATS_BURST_CALLS calls in a row are timed with
 * the cycle counter, each between two fences. That soon gives how long calls take and how that is
 * distributed. But between fences the processor cannot overlap a call with its surroundings, as it does to a
 * large extent otherwise, so that calls of a few nanoseconds seem to take up to twice as long.
 *
 * What is made of both: shared/stats/time_estimate.h. Large calls are all watched and some timed (large.h).
 * Memory functions are watched when allocation calls are (memfuncs.h).
 *
 * A signal handler that allocates within a timed call is not timed itself. If it leaves the call by longjmp,
 * the burst is discarded.
 */

#include "library/counters/records.h"
#include "library/sampling/cycles.h"
#include "library/sampling/stream.h"
#include "library/sampling/tick.h"
#include "shared/base/attributes.h"

extern __thread struct mshim_sampling_stream mshim_sampling_thread MSHIM_TLS_INITIAL_EXEC MSHIM_HIDDEN;

/* For every call: is it to be observed? */
static MSHIM_ALWAYS_INLINE bool mshim_sampling_is_due(struct mshim_sampling_stream *stream, size_t bytes) {
    return unlikely(bytes >= MSHIM_SAMPLING_LARGE_BYTES || --stream->until_timed < 0);
}

/* For one that is: is it watched? If not, it is to be timed. */
static MSHIM_ALWAYS_INLINE bool mshim_sampling_is_watched(struct mshim_sampling_stream *stream,
                                                          size_t bytes) {
    if (likely(bytes < MSHIM_SAMPLING_LARGE_BYTES))
        return likely(stream->state == MSHIM_SAMPLING_WATCH);
    if (bytes > stream->until_large_bytes)
        return false;
    stream->until_large_bytes -= bytes;
    return true;
}

/* None of the following changes errno. */

/* Out of line: a tick has come that is not accounted for. */
void mshim_sampling_ticked(struct mshim_sampling_stream *stream, size_t bytes, uint64_t tick);

/* After a watched call that began when `tick` was the last one. True: a new one has come. As short as
 * possible, since it takes part in what is sampled. */
static MSHIM_ALWAYS_INLINE bool mshim_sampling_watched(struct mshim_sampling_stream *stream, size_t bytes,
                                                       uint64_t tick) {
    const uint64_t accounted_for = bytes < MSHIM_SAMPLING_LARGE_BYTES ? stream->tick : tick;
    if (likely(mshim_tick() == accounted_for))
        return false;
    mshim_sampling_ticked(stream, bytes, tick);
    return true;
}

/* Out of line, in the calibration too; false: the call is not to be timed. `row`: of struct mshim_stats_timing. */
MSHIM_NOINLINE bool mshim_sampling_before(struct mshim_timed_call *call);
MSHIM_NOINLINE void mshim_sampling_after(const struct mshim_timed_call *call, unsigned row);

/* Around a call that is due and not watched, with nothing else between the two:
 *
 *     struct mshim_timed_call timing = {.stream = stream, .bytes = size};
 *     mshim_timed_begin(&timing);
 *     void *block = ...;
 *     mshim_timed_end(&timing, MSHIM_FUNCTION_malloc);
 */
static MSHIM_ALWAYS_INLINE void mshim_timed_begin(struct mshim_timed_call *call) {
    call->timed = mshim_sampling_before(call);
    if (call->timed)
        call->began = mshim_cycles();
}

static MSHIM_ALWAYS_INLINE void mshim_timed_end(struct mshim_timed_call *call, unsigned row) {
    if (!call->timed)
        return;
    call->ended = mshim_cycles();
    mshim_sampling_after(call, row);
}

/* Evaluates `statement` once between the two. */
#define MSHIM_TIMED(row, stream, bytes, statement)                                                           \
    do {                                                                                                     \
        struct mshim_timed_call timing_ = {(stream), (bytes), false, 0, 0, 0, 0, 0};                         \
        mshim_timed_begin(&timing_);                                                                         \
        statement;                                                                                           \
        mshim_timed_end(&timing_, row);                                                                      \
    } while (0)

/* The kernel must not be asked any more: a sandbox might end the process for it. */
void mshim_sampling_sandboxed(void);

/* The cycle counter must not be read any more: the program has asked the kernel to trap that (PR_SET_TSC). */
void mshim_sampling_stop(void);

/* Writes counter and clock to the stats file: for a reader that comes at once. */
void mshim_sampling_publish(void);

#endif
