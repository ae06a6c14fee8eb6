/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_STREAM_H
#define MSHIM_LIBRARY_SAMPLING_STREAM_H

/* The state of sampling (sampler.h) of one sequence of calls: those of a thread, or those of one of CPython's
 * domains, whose callers hold the GIL. */

#include <mshim/stats.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls of this size and more are sampled by size (large.h). */
enum { MSHIM_SAMPLING_LARGE_BYTES = 32 * 1024 };

enum mshim_sampling_state {
    MSHIM_SAMPLING_PASSING, /* calls are counted down and not observed */
    MSHIM_SAMPLING_BURST,   /* each call is timed */
    MSHIM_SAMPLING_WATCH,   /* each call is watched for the tick */
};

struct mshim_sampling_stream {
    int64_t until_timed; /* the countdown: calls that pass. Below 0 during a watch: minus the calls watched */
    uint8_t state;       /* enum mshim_sampling_state */
    bool in_call;        /* inside of a timed call */
    uint32_t random;     /* state of the generator; 0: to be seeded */

    /* The countdown that runs began with `passing` calls, at the cycle count `passing_from`. CPython's
     * domains notice its end late, by up to `grain` calls. */
    uint64_t passing, passing_from, grain;
    /* How fast calls came at last: so many took so many cycles, with all that the program does between them.
     */
    uint64_t pace_calls, pace_cycles;

    uint64_t tick;         /* the last one that was accounted for */
    uint64_t ticks_missed; /* while calls passed, since the last one that a watch has seen */
    uint64_t watch_from;   /* cycles */

    /* The burst that is open, or the last one. */
    bool opening;         /* its first call, which warms the caches and is not counted, is still to come */
    unsigned left;        /* calls that it still takes */
    uint64_t burst_from;  /* cycles; 0: there was none */
    uint64_t left_at;     /* cycles at the end of its last call */
    uint64_t fenced;      /* cycles so far: within its calls and between them */
    uint64_t in_calls;    /* within its calls */
    uint64_t calls_since; /* calls since the burst before it, for which it stands */
    const struct mshim_stats_record *record; /* of the thread when it began: another one after a fork */

    /* Large calls: bytes to the next sample, mean distance between two, and the cycle count of the last one.
     */
    uint64_t until_large_bytes, mean_large_bytes, large_at;
};

/* A stream that observes nothing. */
#define MSHIM_SAMPLING_NEVER                                                                                 \
    { .until_timed = INT64_MAX, .until_large_bytes = UINT64_MAX }

/* A call that is timed. */
struct mshim_timed_call {
    struct mshim_sampling_stream *stream;
    size_t bytes;
    bool timed;            /* false: it is not, after all */
    uint64_t began, ended; /* cycles */
    /* Of a large one only. */
    uint64_t weight;
    uint64_t tick;   /* before it */
    uint64_t cpu_ns; /* of the thread, before it; 0: not known */
};

/* A random number below `limit`, evenly distributed: sampling must not fall into step with the program. */
uint64_t mshim_stream_random_below(struct mshim_sampling_stream *stream, uint64_t limit);

/* What `calls` calls take at the pace of the last ones; 0: not known. */
double mshim_stream_expected_cycles(const struct mshim_sampling_stream *stream, uint64_t calls);

#endif
