/* SPDX-License-Identifier: MIT */
#include "library/sampling/sampler.h"

#include "library/sampling/burst.h"
#include "library/sampling/large.h"
#include "library/sampling/memfuncs.h"
#include "library/sampling/process_clock.h"
#include "library/sampling/sample.h"
#include "shared/base/clock.h"

#include <errno.h>

enum {
    EMPTY_CALLS = 256,
    MILLISECONDS_BETWEEN_BURSTS = 4,                     /* at least */
    CALLS_BETWEEN_BURSTS = 16 * MSHIM_STATS_BURST_CALLS, /* at least */
    FIRST_PASSING = 64,                                  /* calls, while the pace is not known */
    MIN_PASSING = 128, /* with fewer left until the tick, they are watched */
    MAX_PASSING = 1 << 30,
    WATCH_PART = 16,        /* with this part of a tick's period left, too */
    DENSE_CYCLES = 1 << 11, /* from one call to the next; with more, being watched does not slow calls down */
    NO_TICK_PERIOD_NS = 4 * MSHIM_NS_PER_MILLISECOND, /* of countdowns, where ticks cannot be observed */
    MAX_MISSED_TICKS = 64,
    WAITING_FACTOR =
        4, /* calls that took this many times as long as at the pace before: the thread has waited */
    ABANDONED_CALLS = 1 << 20, /* after so many calls a timed one that has not returned was left by longjmp */
    ABANDONED_BYTES = 1 << 30,
};

__thread struct mshim_sampling_stream mshim_sampling_thread MSHIM_TLS_INITIAL_EXEC;

/* The mean without outliers, in which an interrupt came in between. */
static double typical(const uint64_t took[EMPTY_CALLS]) {
    uint64_t min = UINT64_MAX, sum = 0;
    unsigned count = 0;
    for (unsigned i = 0; i < EMPTY_CALLS; i++)
        min = took[i] > 0 && took[i] < min ? took[i] : min;
    for (unsigned i = 0; i < EMPTY_CALLS; i++) {
        if (took[i] > 3 * min)
            continue;
        sum += took[i];
        count++;
    }
    return count ? (double)sum / count : 0;
}

static MSHIM_NOINLINE void empty_call(struct mshim_sampling_stream *stream) {
    struct mshim_timed_call timing = {.stream = stream};
    mshim_timed_begin(&timing);
    mshim_timed_end(&timing, 0);
}

/* Measures what timing takes: a burst of empty calls in a row, in a stream that has no record, so that
 * nothing of it is entered. */
static void calibrate(void) {
    uint64_t calls[EMPTY_CALLS], gaps[EMPTY_CALLS];
    struct mshim_sampling_stream stream = {
        .state = MSHIM_SAMPLING_BURST, .opening = true, .left = EMPTY_CALLS + 1};
    empty_call(&stream);
    for (unsigned i = 0; i < EMPTY_CALLS; i++) {
        stream.fenced = stream.in_calls = 0;
        empty_call(&stream);
        calls[i] = stream.in_calls;
        gaps[i] = stream.fenced - stream.in_calls;
    }
    mshim_clock_set_empty(typical(calls), typical(gaps));
}

static bool clock_is_usable(void) {
    if (mshim_clock_start())
        calibrate();
    return mshim_clock_is_usable();
}

static void pass(struct mshim_sampling_stream *stream, uint64_t now, uint64_t calls) {
    stream->state = MSHIM_SAMPLING_PASSING;
    stream->passing = calls;
    stream->passing_from = now;
    stream->until_timed = (int64_t)calls;
}

static void watch(struct mshim_sampling_stream *stream, uint64_t now, bool near) {
    stream->state = MSHIM_SAMPLING_WATCH;
    stream->watch_from = now;
    stream->until_timed = 0;
    mshim_memfuncs_watch_begin(near ? MSHIM_MEMFUNCS_ANY_CALLS : MSHIM_MEMFUNCS_FEW_CALLS);
}

/* Lets pass about half of the calls that are expected until the next tick, and plans again, with the pace of
 * these; when few calls or little time is left, it is a watch. */
static void plan(struct mshim_sampling_stream *stream) {
    const uint64_t now = mshim_cycles(), now_ns = mshim_now_ns();
    const uint64_t due_ns = mshim_tick_ns ? mshim_tick_due_ns(now_ns) : NO_TICK_PERIOD_NS;
    const double due_cycles = (double)due_ns * mshim_clock_cycles_per_ns(now, now_ns);
    const double call_cycles = mshim_stream_expected_cycles(stream, 1);
    const bool near = due_ns < mshim_tick_ns / WATCH_PART;
    if (!near && (call_cycles <= 0 || due_cycles <= 0)) {
        pass(stream, now, FIRST_PASSING);
        return;
    }
    const double expected = near ? 0 : due_cycles / call_cycles;
    const uint64_t calls = expected < MAX_PASSING ? (uint64_t)expected : MAX_PASSING;
    if (mshim_tick_ns && calls < MIN_PASSING + stream->grain + stream->grain / 2)
        watch(stream, now, near);
    else
        pass(stream, now, calls * 3 / 8 + mshim_stream_random_below(stream, 1 + calls / 4));
}

static void go_on(struct mshim_sampling_stream *stream, uint64_t now) {
    const bool first = stream->burst_from == 0;
    if (first || (now - stream->burst_from >= MILLISECONDS_BETWEEN_BURSTS * mshim_cycles_per_millisecond() &&
                  stream->calls_since >= CALLS_BETWEEN_BURSTS))
        mshim_burst_begin(stream, now);
    else
        plan(stream);
}

static void miss_ticks(struct mshim_sampling_stream *stream) {
    const uint64_t tick = mshim_tick();
    stream->ticks_missed += mshim_ticks_between(stream->tick, tick);
    stream->tick = tick;
}

/* The same for calls between which the thread has waited: of the ticks meanwhile, most did not come while it
 * was running. There was one in the `cycles` that its calls may have taken, by the probability of that, or
 * none. */
static void miss_ticks_of_waiting(struct mshim_sampling_stream *stream, uint64_t now, double cycles) {
    enum { PARTS = 1000 };
    const double cycles_per_ns = mshim_clock_cycles_per_ns(now, mshim_now_ns());
    const double ticks =
        cycles_per_ns > 0 && mshim_tick_ns ? cycles / cycles_per_ns / (double)mshim_tick_ns : 0;
    if (mshim_ticks_between(stream->tick, mshim_tick()) > 0)
        stream->ticks_missed += mshim_stream_random_below(stream, PARTS) < (uint64_t)(ticks * PARTS);
}

static void finish_passing(struct mshim_sampling_stream *stream) {
    const uint64_t now = mshim_cycles(), took = now - stream->passing_from;
    if (stream->passing) {
        const double expected = mshim_stream_expected_cycles(stream, stream->passing);
        const bool waited = expected > 0 && (double)took > WAITING_FACTOR * expected;
        if (waited)
            miss_ticks_of_waiting(stream, now, expected);
        else
            miss_ticks(stream);
        stream->pace_calls = stream->passing;
        stream->pace_cycles = waited ? (uint64_t)(WAITING_FACTOR * expected) : took;
        stream->calls_since += stream->passing;
    }
    stream->tick = mshim_tick();
    go_on(stream, now);
}

/* How much slower calls are while they are watched. Where they were much faster the pace was wrong, as the
 * thread had waited when it was taken, and is set right. */
static void compare_watch(struct mshim_stats_timing *timing, struct mshim_sampling_stream *stream,
                          uint64_t calls, uint64_t took) {
    const double expected = mshim_stream_expected_cycles(stream, calls);
    if (expected > WAITING_FACTOR * (double)took) {
        stream->pace_calls = calls;
        stream->pace_cycles = took;
    } else if ((double)took < WAITING_FACTOR * expected) {
        MSHIM_ADD_SHARED(timing->watched_cycles, took);
        MSHIM_ADD_SHARED(timing->unwatched_cycles, (uint64_t)expected);
    }
}

/* The tick that a watch waited for has come: within the last call, if it is not `tick_before`, or before it.
 */
static void finish_watch(struct mshim_sampling_stream *stream, uint64_t tick_before) {
    const uint64_t tick = mshim_tick(), calls = (uint64_t)-stream->until_timed;
    const uint64_t took = mshim_cycles() - stream->watch_from;
    const bool dense = took / DENSE_CYCLES < calls;
    mshim_memfuncs_watch_end();
    if (dense)
        mshim_tick_seen(mshim_now_ns());
    if (mshim_record_is_own()) {
        struct mshim_stats_timing *timing = &mshim_stats.timing;
        const uint64_t missed =
            stream->ticks_missed < MAX_MISSED_TICKS ? stream->ticks_missed : MAX_MISSED_TICKS;
        if (tick != tick_before)
            mshim_sample_add_ticks(dense ? &timing->dense_ticks : &timing->sparse_ticks, 1 + missed);
        if (dense)
            compare_watch(timing, stream, calls, took);
    }
    stream->ticks_missed = 0;
    stream->tick = tick;
    stream->calls_since += calls;
    go_on(stream, stream->watch_from + took);
}

static void give_up(struct mshim_sampling_stream *stream) {
    *stream =
        (struct mshim_sampling_stream){.until_timed = ABANDONED_CALLS, .until_large_bytes = ABANDONED_BYTES};
}

void mshim_sampling_ticked(struct mshim_sampling_stream *stream, size_t bytes, uint64_t tick) {
    const int saved = errno;
    if (!clock_is_usable())
        give_up(stream);
    else if (bytes >= MSHIM_SAMPLING_LARGE_BYTES)
        mshim_large_ticked(bytes, tick);
    else if (stream->state == MSHIM_SAMPLING_WATCH)
        finish_watch(stream, tick);
    errno = saved;
}

/* A thread that has only used CPython's domains so far gets its record here. */
static bool have_record(void) {
    mshim_record_leave(mshim_record_enter(0));
    return mshim_record_is_own();
}

bool mshim_sampling_before(struct mshim_timed_call *call) {
    struct mshim_sampling_stream *stream = call->stream;
    const bool large = call->bytes >= MSHIM_SAMPLING_LARGE_BYTES;
    if (stream->in_call && large)
        return false; /* within a timed call, by a signal handler */
    if (!clock_is_usable() || !have_record()) {
        give_up(stream);
        return false;
    }
    if (stream->in_call) /* its countdown has ended: the timed call was left by longjmp */
        *stream = (struct mshim_sampling_stream){.random = stream->random};
    if (!large && stream->state == MSHIM_SAMPLING_PASSING) {
        const int saved = errno;
        finish_passing(stream);
        errno = saved;
        if (stream->state != MSHIM_SAMPLING_BURST)
            return false;
    }
    if (large) {
        mshim_large_before(call);
    } else {
        stream->until_timed = ABANDONED_CALLS;
        mshim_burst_before(stream);
    }
    stream->in_call = true;
    return true;
}

void mshim_sampling_after(const struct mshim_timed_call *call, unsigned row) {
    struct mshim_sampling_stream *stream = call->stream;
    const int saved = errno;
    if (call->bytes >= MSHIM_SAMPLING_LARGE_BYTES) {
        mshim_large_after(call, row);
    } else if (mshim_burst_after(call, row)) {
        miss_ticks(stream);
        plan(stream);
    }
    stream->in_call = false;
    errno = saved;
}

void mshim_sampling_sandboxed(void) {
    mshim_clock_set_sandboxed();
}

void mshim_sampling_stop(void) {
    mshim_clock_stop();
    mshim_memfuncs_sampling_stop();
}

void mshim_sampling_publish(void) {
    if (mshim_clock_is_usable())
        mshim_clock_publish(mshim_cycles(), mshim_now_ns());
}
