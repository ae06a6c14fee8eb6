/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_TIMING_SAMPLER_H
#define MSHIM_TIMING_SAMPLER_H

/*
 * Which calls are timed, and how.
 *
 * A call is asked one question: is a countdown of its thread at its end? All else is here, out of the way. A
 * countdown of random length leads to a window of MSHIM_PAGE_TIME_CALLS calls. (Small objects of CPython are
 * not even asked that: python/windows.h.) Each is timed by itself, between two fences, and so is what the
 * program does before and after each.
 *
 * Between fences the processor overlaps nothing of a call with its surroundings, as it otherwise does to a
 * large extent: calls of a few nanoseconds seem to take twice as much. By how much is known from what the
 * calls in passing took, from one window to the next, calls and program together; the estimate is reduced by
 * it (counters/time_estimate.h). A window stands for all calls since the last one, so each has its weight.
 * There is about one a millisecond and thread, so that the cost stays below a hundredth.
 *
 * Large calls (MSHIM_TIME_LARGE_BYTES and more) are few and differ by orders of magnitude. They are not
 * counted down but measured out in bytes: points lie at random distances on the line of all their bytes, and
 * a call is timed that one falls into. So its probability goes with its size, up to always, at most two
 * thousand times a second.
 *
 * CPU time is wanted, and the counter goes on while a thread waits for a processor. For large calls the
 * kernel is asked, as long as no sandbox might object. The time of small ones is cut off at what they can
 * explain (some microseconds). The longest call is told as it was.
 *
 * A signal handler that allocates within a timed call is not timed; one that leaves by longjmp leaves a
 * window that is dropped.
 */

#include "counters/records.h"
#include "timing/cycles.h"

enum { MSHIM_TIME_LARGE_BYTES = 32 * 1024 };

/* Of one thread, or of one of CPython's domains, whose callers hold the GIL. */
struct mshim_time_stream {
    int64_t until_timed; /* calls that come before one that may be timed, and the bytes of large ones */
    uint64_t until_large_bytes;
    bool in_window, in_call;
    unsigned left; /* calls of the window */
    uint32_t random;
    uint64_t passing, mean_passing; /* calls between windows, in windows' worth */
    uint64_t began, left_at;        /* this window; the last timed call */
    uint64_t natural, fenced, in_calls;
    const struct mshim_page_record *record; /* at the window's beginning */
    uint64_t mean_large_bytes, large_at;
};

/* A stream whose calls are not timed. */
#define MSHIM_TIME_NEVER                                                                                     \
    { .until_timed = INT64_MAX, .until_large_bytes = UINT64_MAX }

extern __thread struct mshim_time_stream mshim_time_thread
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* A call that may be timed. */
struct mshim_timed_call {
    struct mshim_time_stream *stream;
    size_t bytes;
    uint64_t large_weight; /* 0: not timed as a large one */
    uint64_t cpu_ns;       /* of the thread, before a large one */
    uint64_t began, ended; /* filled in by MSHIM_TIMED */
};

/* Has this call to go by mshim_time_before()? */
static inline __attribute__((always_inline)) bool mshim_time_due(struct mshim_time_stream *stream,
                                                                 size_t bytes) {
    if (__builtin_expect(bytes < MSHIM_TIME_LARGE_BYTES, 1))
        return __builtin_expect(--stream->until_timed < 0, 0);
    if (bytes > stream->until_large_bytes)
        return true;
    stream->until_large_bytes -= bytes;
    return false;
}

/* False: the call is not timed, and mshim_time_after() is not called. */
bool mshim_time_before(struct mshim_timed_call *call);
/* `row` is a function, or MSHIM_PAGE_TIME_PYTHON and a domain. Keeps errno. */
void mshim_time_after(const struct mshim_timed_call *call, unsigned row);

/* Evaluates `statement` once, timed or not. */
#define MSHIM_TIMED(row, stream_of_call, bytes_of_call, statement)                                           \
    do {                                                                                                     \
        struct mshim_timed_call timed = {.stream = (stream_of_call), .bytes = (bytes_of_call)};              \
        if (mshim_time_before(&timed)) {                                                                     \
            timed.began = mshim_cycles();                                                                    \
            statement;                                                                                       \
            timed.ended = mshim_cycles();                                                                    \
            mshim_time_after(&timed, (row));                                                                 \
        } else {                                                                                             \
            statement;                                                                                       \
        }                                                                                                    \
    } while (0)

/* The kernel must not be asked any more. */
void mshim_time_sandboxed(void);

/* The counter must not be read any more: the program has asked the kernel for a signal when it is. */
void mshim_time_stop(void);

/* Puts the counter and the clock into the page, now. For who is about to read it. */
void mshim_time_publish(void);

#endif
