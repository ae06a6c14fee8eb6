/* SPDX-License-Identifier: MIT */
/*
 * Large calls are not counted down but measured out in bytes: points lie at random distances on the line of
 * all their bytes, and a call is timed that one falls into. So its probability goes with its size, up to
 * always, at most two thousand times a second.
 *
 * CPU time is wanted, and the counter goes on while a thread waits for a processor. The kernel is asked, as
 * long as no sandbox might object. The longest call is told as it was.
 *
 * The tick is looked at before and after each of them, which for calls of this size costs nothing to speak
 * of.
 */
#include "library/sampling/memory.h"
#include "library/sampling/stream.h"

#include <time.h>

enum {
    LARGE_A_MILLISECOND = 2,
    MOST_LARGE_BYTES = 1 << 30,
    CUT_CYCLES = 1 << 14, /* some microseconds */
};

/* The next point on the line of bytes; `past_bytes` of it have gone by already. */
static uint64_t draw(struct mshim_time_stream *stream, uint64_t past_bytes) {
    const uint64_t mean = stream->mean_large_bytes;
    uint64_t next = mean / 2 + mshim_random_below(stream, mean);
    if (next <= past_bytes)
        next += past_bytes / mean * mean; /* others that fell into the same call */
    while (next <= past_bytes)
        next += mean / 2 + mshim_random_below(stream, mean);
    return next - past_bytes;
}

/* Calls that a timed one of so many bytes stands for: 1 over the probability that a point falls into it, up
 * or down to a whole number at random. Points are half a mean to one and a half apart, each as likely. */
static uint64_t weight_of(struct mshim_time_stream *stream, uint64_t bytes) {
    const double x = stream->mean_large_bytes ? (double)bytes / (double)stream->mean_large_bytes : 2;
    const double probability = x >= 1.5 ? 1 : x <= 0.5 ? x : 1 - (1.5 - x) * (1.5 - x) / 2;
    const double weight = 1 / probability;
    const uint64_t below = (uint64_t)weight;
    const uint64_t thousandths = (uint64_t)((weight - (double)below) * 1000);
    return below + (mshim_random_below(stream, 1000) < thousandths);
}

/* Moves a mean so that what took `took` takes `wanted`, by a factor of 4 at most. */
static uint64_t adapted(uint64_t mean, uint64_t took, uint64_t wanted) {
    double factor = took ? (double)wanted / (double)took : 4;
    factor = factor > 4 ? 4 : factor < 0.25 ? 0.25 : factor;
    const double next = (double)mean * factor, most = (double)(1ull << 40);
    return next < MSHIM_TIME_LARGE_BYTES ? MSHIM_TIME_LARGE_BYTES : next > most ? 1ull << 40 : (uint64_t)next;
}

/* A point has fallen into the call. */
static void begin(struct mshim_timed_call *call, uint64_t bytes) {
    struct mshim_time_stream *stream = call->stream;
    const uint64_t before = stream->until_large_bytes < bytes ? stream->until_large_bytes : bytes;
    const uint64_t now = mshim_cycles();
    call->large_weight = weight_of(stream, bytes);
    stream->mean_large_bytes = stream->mean_large_bytes == 0
                                   ? MSHIM_TIME_LARGE_BYTES
                                   : adapted(stream->mean_large_bytes, now - stream->large_at,
                                             mshim_cycles_a_millisecond() / LARGE_A_MILLISECOND);
    stream->large_at = now;
    stream->until_large_bytes = draw(stream, bytes - before);
    call->cpu_ns = mshim_clock_is_sandboxed() ? 0 : mshim_clock_read_ns(CLOCK_THREAD_CPUTIME_ID);
}

void mshim_large_before(struct mshim_timed_call *call) {
    begin(call, call->bytes < MOST_LARGE_BYTES ? call->bytes : MOST_LARGE_BYTES);
    mshim_memory_watch(MSHIM_MEMORY_FEW_CALLS);
    call->tick = mshim_tick();
}

/* What of the call's time the thread had a processor. */
static uint64_t on_processor(const struct mshim_timed_call *call) {
    const uint64_t took = call->ended - call->began, most = mshim_time_cut(took, call->bytes);
    if (took <= CUT_CYCLES || mshim_clock_is_sandboxed() || call->cpu_ns == 0)
        return most;
    const uint64_t cpu_ns = mshim_clock_read_ns(CLOCK_THREAD_CPUTIME_ID) - call->cpu_ns;
    const uint64_t ns = mshim_clock_read_ns(CLOCK_MONOTONIC_COARSE);
    const double cycles = (double)cpu_ns * mshim_cycles_a_ns(call->ended, ns);
    return cycles <= 0 ? most : cycles < (double)took ? (uint64_t)cycles : took;
}

/* One that waited for a processor meanwhile took the first of them only, or none. */
void mshim_large_ticked(size_t bytes, uint64_t tick) {
    const uint64_t ticks = mshim_ticks_between(tick, mshim_tick());
    if (ticks == 0 || !mshim_record_is_own())
        return;
    const double a_tick_cycles =
        mshim_cycles_a_ns(mshim_cycles(), mshim_clock_read_ns(CLOCK_MONOTONIC)) * (double)mshim_tick_ns;
    const double most_cycles = (double)mshim_time_cut(UINT64_MAX, bytes);
    const uint64_t most = a_tick_cycles > 0 ? 1 + (uint64_t)(most_cycles / a_tick_cycles) : 1;
    mshim_add_ticks(&mshim_record->time.sparse_ticks, ticks < most ? ticks : most);
}

void mshim_large_after(const struct mshim_timed_call *call, unsigned row) {
    mshim_large_ticked(call->bytes, call->tick);
    if (!mshim_record_is_own())
        return;
    mshim_time_add(&mshim_record->time.rows[row], call->large_weight, call->ended - call->began,
                   on_processor(call));
    mshim_clock_publish(call->ended, mshim_clock_read_ns(CLOCK_MONOTONIC_COARSE));
}
