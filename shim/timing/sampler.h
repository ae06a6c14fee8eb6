/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_TIMING_SAMPLER_H
#define MSHIM_TIMING_SAMPLER_H

/*
 * Which calls are timed, and how.
 *
 * A call is asked one question: is a countdown of its thread at its end, or is it large? All else is here,
 * out of the way. A countdown of random length leads to an episode of three parts:
 *
 *     natural   MSHIM_PAGE_TIME_CALLS calls that are left alone; the time from before the first to after the
 *               last is taken
 *     fenced    as many calls, each timed by itself, and so is what the program does between them
 *
 * A call that is timed by itself stands between two fences, so that the processor overlaps nothing of it with
 * its surroundings, as it otherwise does to a large extent: calls of a few nanoseconds seem to take twice as
 * much. How much is known from the two windows, natural over fenced, and the estimate is reduced by it
 * (estimate.c). A sample stands for the calls of its whole round, so each has its weight. Rounds are as long
 * as it takes for about one a millisecond and thread.
 *
 * Large calls (MSHIM_TIME_LARGE_BYTES and more) are few and differ by orders of magnitude. They are timed
 * with a probability that goes with their size, up to always, at most some thousand times a second; what they
 * overlap with does not matter.
 *
 * CPU time is wanted, and the counter goes on while a thread waits for a processor. No call of the kernel is
 * made here (a sandbox might kill for it), so a time beyond what page faults could explain is cut off there;
 * the longest call is told uncut.
 *
 * A signal handler that allocates within a timed call is not timed; one that leaves by longjmp leaves an
 * episode that is dropped.
 */

#include "counters/records.h"
#include "timing/cycles.h"

enum { MSHIM_TIME_LARGE_BYTES = 32 * 1024 };

/* Of one thread, or of one of CPython's domains, whose callers hold the GIL. */
struct mshim_time_stream {
    enum { MSHIM_TIME_BETWEEN, MSHIM_TIME_NATURAL, MSHIM_TIME_FENCED } part;
    bool in_call;
    unsigned left; /* calls of the fenced part */
    uint32_t random;
    uint64_t weight, mean_rounds; /* a round is MSHIM_PAGE_TIME_CALLS calls */
    uint64_t began, left_at;      /* this episode; the last timed call */
    uint64_t natural, fenced, in_calls;
    const struct mshim_page_record *record; /* at the episode's beginning */
    uint64_t mean_large_bytes, large_at;
};

extern __thread struct mshim_time_stream mshim_time_thread
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* A call that may be timed, and its countdown. */
struct mshim_timed_call {
    struct mshim_time_stream *stream;
    int64_t *until;
    size_t bytes;
    uint64_t large_weight; /* 0: not timed as a large one */
    uint64_t began, ended; /* filled in by MSHIM_TIMED */
};

/* Has this call to go by mshim_time_before()? */
static inline __attribute__((always_inline)) bool mshim_time_due(int64_t *until, size_t bytes) {
    return __builtin_expect(--*until < 0, 0) || __builtin_expect(bytes >= MSHIM_TIME_LARGE_BYTES, 0);
}

/* False: the call is not timed, and mshim_time_after() is not called. */
bool mshim_time_before(struct mshim_timed_call *call);
/* `row` is a function, or MSHIM_PAGE_TIME_PYTHON and a domain. Keeps errno. */
void mshim_time_after(const struct mshim_timed_call *call, unsigned row);

/* Evaluates `statement` once, timed or not. */
#define MSHIM_TIMED(row, stream_of_call, until_of_call, bytes_of_call, statement)                            \
    do {                                                                                                     \
        struct mshim_timed_call timed = {                                                                    \
            .stream = (stream_of_call), .until = (until_of_call), .bytes = (bytes_of_call)};                 \
        if (mshim_time_before(&timed)) {                                                                     \
            timed.began = mshim_cycles();                                                                    \
            statement;                                                                                       \
            timed.ended = mshim_cycles();                                                                    \
            mshim_time_after(&timed, (row));                                                                 \
        } else {                                                                                             \
            statement;                                                                                       \
        }                                                                                                    \
    } while (0)

/* The counter must not be read any more: the program has asked the kernel for a signal when it is. */
void mshim_time_stop(void);

/* Puts the counter and the clock into the page, now. By mshim_counters_sum(). */
void mshim_time_publish(void);

#endif
