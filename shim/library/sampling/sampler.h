/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_SAMPLER_H
#define MSHIM_LIBRARY_SAMPLING_SAMPLER_H

/*
 * Which calls are looked at, and how.
 *
 * A call is asked one question: is a countdown of its thread at its end? All else is here, out of the way.
 * (Small objects of CPython are not even asked that: python/windows.h.) Where a countdown ends, one of two
 * things begins.
 *
 * A watch, shortly before the next tick of the kernel is due (sampling/tick.h). It lasts until the tick has
 * come, and looks at every call whether it came within. So the tick is a sample of where the program is,
 * taken as a profiler takes it, of a program that runs as it always does: few samples, without a bias. The
 * faster calls come, the shorter the watch; some hundredths of them are watched. A tick that was missed,
 * because calls came slower than was expected, counts with the next.
 *
 * A window (window.c), at most one in some milliseconds: MSHIM_STATS_TIMING_CALLS calls are timed with the cycle
 * counter, each by itself, between two fences. That tells how long calls take and how that is distributed,
 * and soon; but between fences a processor overlaps nothing of a call with its surroundings, as it otherwise
 * does to a large extent, so calls of a few nanoseconds seem to take up to twice as much.
 *
 * What is made of both: shared/stats/time_estimate.h. Large calls (MSHIM_TIME_LARGE_BYTES and more) are few and
 * differ by orders of magnitude: all of them are watched, and some are timed (large.c). The memory functions:
 * memory.h.
 *
 * A signal handler that allocates within a timed call is not timed; one that leaves by longjmp leaves a
 * window that is dropped.
 */

#include "library/counters/records.h"
#include "library/sampling/cycles.h"
#include "library/sampling/tick.h"

enum { MSHIM_TIME_LARGE_BYTES = 32 * 1024 };

enum mshim_time_state { MSHIM_TIME_PASSING, MSHIM_TIME_WINDOW, MSHIM_TIME_WATCH };

/* Of one thread, or of one of CPython's domains, whose callers hold the GIL. */
struct mshim_time_stream {
    int64_t until_timed; /* calls that pass before one comes here; counts on below 0 during a watch */
    uint8_t state;       /* enum mshim_time_state */
    bool in_call, opening;
    unsigned left; /* calls of the window */
    uint32_t random;

    /* The calls that pass: `passing` of them since `passing_from`, and how fast the last ones were. An end is
     * noticed every `grain` calls only; 0: at once. */
    uint64_t passing, passing_from, grain;
    uint64_t natural_calls, natural_cycles;

    uint64_t tick, ticks_missed, watch_from;

    /* Since and of the window. */
    uint64_t calls_since, window_from, left_at, fenced, in_calls;
    const struct mshim_stats_record *record; /* at its beginning */

    uint64_t until_large_bytes, mean_large_bytes, large_at;
};

/* A stream whose calls are not looked at. */
#define MSHIM_TIME_NEVER                                                                                     \
    { .until_timed = INT64_MAX, .until_large_bytes = UINT64_MAX }

extern __thread struct mshim_time_stream mshim_time_thread
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* A call that may be timed. */
struct mshim_timed_call {
    struct mshim_time_stream *stream;
    size_t bytes;
    uint64_t tick;         /* of a large one, before it */
    uint64_t large_weight; /* 0: not timed as a large one */
    uint64_t cpu_ns;       /* of the thread, before a large one */
    uint64_t began, ended; /* filled in by MSHIM_TIMED */
};

/* Is this call to be looked at? */
static inline __attribute__((always_inline)) bool mshim_time_due(struct mshim_time_stream *stream,
                                                                 size_t bytes) {
    return __builtin_expect(bytes >= MSHIM_TIME_LARGE_BYTES || --stream->until_timed < 0, 0);
}

/* Of one that is: is it watched, and nothing else? */
static inline __attribute__((always_inline)) bool mshim_time_is_watched(struct mshim_time_stream *stream,
                                                                        size_t bytes) {
    if (__builtin_expect(bytes < MSHIM_TIME_LARGE_BYTES, 1))
        return __builtin_expect(stream->state == MSHIM_TIME_WATCH, 1);
    if (bytes > stream->until_large_bytes)
        return false;
    stream->until_large_bytes -= bytes;
    return true;
}

/* What follows keeps errno. */

/* A tick has come that nobody has seen yet; `tick` was the last one before this call. */
void mshim_time_ticked(struct mshim_time_stream *stream, size_t bytes, uint64_t tick);
/* False: the call is not to be timed. */
bool mshim_time_before(struct mshim_timed_call *call);
/* `row` is a function, or MSHIM_STATS_TIMING_PYTHON and a domain. */
void mshim_time_after(const struct mshim_timed_call *call, unsigned row);

/* After a watched call, with mshim_tick() of its beginning. As little as can be: it is part of what is looked
 * at. True: a tick has come. */
static inline __attribute__((always_inline)) bool mshim_time_watched(struct mshim_time_stream *stream,
                                                                     size_t bytes, uint64_t tick) {
    const uint64_t seen = bytes < MSHIM_TIME_LARGE_BYTES ? stream->tick : tick;
    if (__builtin_expect(mshim_tick() == seen, 1))
        return false;
    mshim_time_ticked(stream, bytes, tick);
    return true;
}

/* Evaluates `statement` once, timed if it is to be. For calls that are due and not watched. */
#define MSHIM_TIMED(row, stream_of_call, bytes_of_call, statement)                                           \
    do {                                                                                                     \
        struct mshim_timed_call timed_ = {.stream = (stream_of_call), .bytes = (bytes_of_call)};             \
        const bool is_timed_ = mshim_time_before(&timed_);                                                   \
        if (is_timed_)                                                                                       \
            timed_.began = mshim_cycles();                                                                   \
        statement;                                                                                           \
        if (is_timed_) {                                                                                     \
            timed_.ended = mshim_cycles();                                                                   \
            mshim_time_after(&timed_, (row));                                                                \
        }                                                                                                    \
    } while (0)

/* The kernel must not be asked any more. */
void mshim_time_sandboxed(void);

/* The counter must not be read any more: the program has asked the kernel for a signal when it is. */
void mshim_time_stop(void);

/* Puts the counter and the clock into the page, now. For who is about to read it. */
void mshim_time_publish(void);

#endif
