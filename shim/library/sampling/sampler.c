/* SPDX-License-Identifier: MIT */
#include "library/sampling/sampler.h"

#include "library/sampling/memory.h"
#include "library/sampling/stream.h"

#include <errno.h>
#include <time.h>

enum {
    WINDOW_MILLISECONDS = 4,                            /* from one to the next, at least */
    LEAST_BETWEEN_WINDOWS = 16 * MSHIM_STATS_TIMING_CALLS, /* calls */
    FIRST_PASSING = 64,
    LEAST_PASSING = 128,
    MOST_PASSING = 1 << 30,
    WATCH_PART = 16,         /* of the time between ticks */
    SPARSE_CYCLES = 1 << 11, /* from one call to the next: there being watched makes no difference */
    TICK_NS_INSTEAD = 4000000,
    MOST_MISSED = 64,
    PAUSE_PARTS = 4, /* of the time that as many calls took before: a thread that waited took more */
    PAUSE = 1 << 20, /* calls until one that was left by longjmp is given up */
    PAUSE_BYTES = 1 << 30,
};

__thread struct mshim_time_stream mshim_time_thread __attribute__((tls_model("initial-exec")));

uint64_t mshim_random_below(struct mshim_time_stream *stream, uint64_t limit) {
    uint32_t x = stream->random ? stream->random : (uint32_t)mshim_cycles() | 1;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    stream->random = x;
    return (uint64_t)(((unsigned __int128)x * limit) >> 32);
}

static void pass(struct mshim_time_stream *stream, uint64_t now, uint64_t calls) {
    stream->state = MSHIM_TIME_PASSING;
    stream->passing = calls;
    stream->passing_from = now;
    stream->until_timed = (int64_t)calls;
}

static void watch(struct mshim_time_stream *stream, uint64_t now, bool near) {
    stream->state = MSHIM_TIME_WATCH;
    stream->watch_from = now;
    stream->until_timed = 0;
    mshim_memory_watch(near ? MSHIM_MEMORY_ANY_CALLS : MSHIM_MEMORY_FEW_CALLS);
}

double mshim_natural_cycles(const struct mshim_time_stream *stream, uint64_t calls) {
    return stream->natural_calls
               ? (double)calls * (double)stream->natural_cycles / (double)stream->natural_calls
               : 0;
}

/* Half of the calls that are expected until the next tick pass, at random a little more or less; so the
 * countdown is corrected a few times by how fast calls come, and the last part is watched. */
static void plan(struct mshim_time_stream *stream) {
    const uint64_t now = mshim_cycles(), now_ns = mshim_clock_read_ns(CLOCK_MONOTONIC);
    const uint64_t due_ns = mshim_tick_ns ? mshim_tick_due_ns(now_ns) : TICK_NS_INSTEAD;
    const double due_cycles = (double)due_ns * mshim_cycles_a_ns(now, now_ns);
    const double a_call = mshim_natural_cycles(stream, 1);
    const bool near = due_ns < mshim_tick_ns / WATCH_PART;
    if (!near && (a_call <= 0 || due_cycles <= 0)) {
        pass(stream, now, FIRST_PASSING);
        return;
    }
    const double expected = near ? 0 : due_cycles / a_call;
    const uint64_t calls = expected < MOST_PASSING ? (uint64_t)expected : MOST_PASSING;
    if (mshim_tick_ns && calls < LEAST_PASSING + stream->grain + stream->grain / 2)
        watch(stream, now, near);
    else
        pass(stream, now, calls * 3 / 8 + mshim_random_below(stream, 1 + calls / 4));
}

/* The first one at once. */
static void go_on(struct mshim_time_stream *stream, uint64_t now) {
    if (stream->window_from == 0 ||
        (now - stream->window_from >= WINDOW_MILLISECONDS * mshim_cycles_a_millisecond() &&
         stream->calls_since >= LEAST_BETWEEN_WINDOWS))
        mshim_window_begin(stream, now);
    else
        plan(stream);
}

static void miss_ticks(struct mshim_time_stream *stream) {
    const uint64_t tick = mshim_tick();
    stream->ticks_missed += mshim_ticks_between(stream->tick, tick);
    stream->tick = tick;
}

/* The thread has waited meanwhile, by itself or for a processor, which is taken away at a tick: there was one
 * in the `cycles` that its calls took, or there was none. */
static void miss_ticks_of(struct mshim_time_stream *stream, uint64_t now, double cycles) {
    enum { PARTS = 1000 };
    const double ns = mshim_cycles_a_ns(now, mshim_clock_read_ns(CLOCK_MONOTONIC));
    const double ticks = ns > 0 && mshim_tick_ns ? cycles / ns / (double)mshim_tick_ns : 0;
    if (mshim_ticks_between(stream->tick, mshim_tick()) > 0)
        stream->ticks_missed += mshim_random_below(stream, PARTS) < (uint64_t)(ticks * PARTS);
}

/* A countdown is at its end. */
static void look(struct mshim_time_stream *stream) {
    const uint64_t now = mshim_cycles(), took = now - stream->passing_from;
    if (stream->passing) {
        const double expected = mshim_natural_cycles(stream, stream->passing);
        const bool paused = expected > 0 && (double)took > PAUSE_PARTS * expected;
        if (paused)
            miss_ticks_of(stream, now, expected);
        else
            miss_ticks(stream);
        stream->natural_calls = stream->passing;
        stream->natural_cycles = paused ? (uint64_t)(PAUSE_PARTS * expected) : took;
        stream->calls_since += stream->passing;
    }
    stream->tick = mshim_tick();
    go_on(stream, now);
}

/* Watched calls take longer than others, by their being watched. Where they took much less, the thread had
 * waited when those passed. */
static void compare_watch(struct mshim_stats_timing *time, struct mshim_time_stream *stream, uint64_t calls,
                          uint64_t took) {
    const double expected = mshim_natural_cycles(stream, calls);
    if (expected > PAUSE_PARTS * (double)took) {
        stream->natural_calls = calls;
        stream->natural_cycles = took;
    } else if ((double)took < PAUSE_PARTS * expected) {
        MSHIM_ADD(time->watched_cycles, took);
        MSHIM_ADD(time->unwatched_cycles, (uint64_t)expected);
    }
}

/* The tick has come that a watch waited for: after the call that had begun with `tick_before`, or within. */
static void finish_watch(struct mshim_time_stream *stream, uint64_t tick_before) {
    const uint64_t tick = mshim_tick(), calls = (uint64_t)-stream->until_timed;
    const uint64_t took = mshim_cycles() - stream->watch_from;
    const bool dense = took / SPARSE_CYCLES < calls;
    mshim_memory_unwatch();
    if (dense)
        mshim_tick_seen(mshim_clock_read_ns(CLOCK_MONOTONIC));
    if (mshim_record_is_own()) {
        struct mshim_stats_timing *time = &mshim_record->time;
        const uint64_t missed = stream->ticks_missed < MOST_MISSED ? stream->ticks_missed : MOST_MISSED;
        if (tick != tick_before)
            mshim_add_ticks(dense ? &time->ticks : &time->sparse_ticks, 1 + missed);
        if (dense)
            compare_watch(time, stream, calls, took);
    }
    stream->ticks_missed = 0;
    stream->tick = tick;
    stream->calls_since += calls;
    go_on(stream, stream->watch_from + took);
}

static void give_up(struct mshim_time_stream *stream) {
    *stream = (struct mshim_time_stream){.until_timed = PAUSE, .until_large_bytes = PAUSE_BYTES};
}

void mshim_time_ticked(struct mshim_time_stream *stream, size_t bytes, uint64_t tick) {
    const int saved = errno;
    if (!mshim_clock_is_usable())
        give_up(stream);
    else if (bytes >= MSHIM_TIME_LARGE_BYTES)
        mshim_large_ticked(bytes, tick);
    else if (stream->state == MSHIM_TIME_WATCH)
        finish_watch(stream, tick);
    errno = saved;
}

/* A thread that has called nothing but CPython's domains has no record yet. */
static bool have_record(void) {
    mshim_record_leave(mshim_record_enter(0));
    return mshim_record_is_own();
}

bool mshim_time_before(struct mshim_timed_call *call) {
    struct mshim_time_stream *stream = call->stream;
    const bool large = call->bytes >= MSHIM_TIME_LARGE_BYTES;
    if (stream->in_call && large)
        return false;
    if (!mshim_clock_is_usable() || !have_record()) {
        give_up(stream);
        return false;
    }
    if (stream->in_call)
        *stream =
            (struct mshim_time_stream){.random = stream->random}; /* left by longjmp: from the beginning */
    if (!large && stream->state == MSHIM_TIME_PASSING) {
        const int saved = errno;
        look(stream);
        errno = saved;
        if (stream->state != MSHIM_TIME_WINDOW)
            return false;
    }
    if (large) {
        mshim_large_before(call);
    } else {
        stream->until_timed = PAUSE;
        mshim_window_before(stream);
    }
    stream->in_call = true;
    return true;
}

void mshim_time_after(const struct mshim_timed_call *call, unsigned row) {
    struct mshim_time_stream *stream = call->stream;
    const int saved = errno;
    if (call->bytes >= MSHIM_TIME_LARGE_BYTES) {
        mshim_large_after(call, row);
    } else if (mshim_window_after(call, row)) {
        miss_ticks(stream);
        plan(stream);
    }
    stream->in_call = false;
    errno = saved;
}
