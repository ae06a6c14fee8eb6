/* SPDX-License-Identifier: MIT */
#include "library/sampling/large.h"

#include "library/counters/records.h"
#include "library/sampling/memfuncs.h"
#include "library/sampling/process_clock.h"
#include "library/sampling/sample.h"
#include "shared/base/clock.h"

enum {
    SAMPLES_PER_MILLISECOND = 2,
    MAX_BYTES = 1 << 30,        /* more is as good as certain */
    SHORT_CALL_CYCLES = 1 << 14 /* of so few the kernel is not asked */
};

static const uint64_t MAX_MEAN_BYTES = 1ull << 40;

/* The next point behind a call that ends `past_bytes` behind the current one. */
static uint64_t draw(struct mshim_sampling_stream *stream, uint64_t past_bytes) {
    const uint64_t mean = stream->mean_large_bytes;
    uint64_t next = mean / 2 + mshim_stream_random_below(stream, mean);
    if (next <= past_bytes)
        next += past_bytes / mean * mean; /* skip most of those within the same call at once */
    while (next <= past_bytes)
        next += mean / 2 + mshim_stream_random_below(stream, mean);
    return next - past_bytes;
}

/* The number of calls that a timed one stands for: the inverse of the probability that a point falls into a
 * call of this size, rounded up or down at random. Distances are uniform between half a mean and one and a
 * half. */
static uint64_t weight_of(struct mshim_sampling_stream *stream, uint64_t bytes) {
    const double x = stream->mean_large_bytes ? (double)bytes / (double)stream->mean_large_bytes : 2;
    const double probability = x >= 1.5 ? 1 : x <= 0.5 ? x : 1 - (1.5 - x) * (1.5 - x) / 2;
    const double weight = 1 / probability;
    const uint64_t below = (uint64_t)weight;
    const uint64_t thousandths = (uint64_t)((weight - (double)below) * 1000);
    return below + (mshim_stream_random_below(stream, 1000) < thousandths);
}

/* The mean distance for which a sample should come every `wanted` cycles, where the last one took `took`;
 * changed by a factor of 4 at most. */
static uint64_t adapted(uint64_t mean, uint64_t took, uint64_t wanted) {
    double factor = took ? (double)wanted / (double)took : 4;
    factor = factor > 4 ? 4 : factor < 0.25 ? 0.25 : factor;
    const double next = (double)mean * factor;
    return next < MSHIM_SAMPLING_LARGE_BYTES ? MSHIM_SAMPLING_LARGE_BYTES
           : next > (double)MAX_MEAN_BYTES   ? MAX_MEAN_BYTES
                                             : (uint64_t)next;
}

/* A point has fallen into the call. */
static void begin(struct mshim_timed_call *call, uint64_t bytes) {
    struct mshim_sampling_stream *stream = call->stream;
    const uint64_t before = stream->until_large_bytes < bytes ? stream->until_large_bytes : bytes;
    const uint64_t now = mshim_cycles();
    call->weight = weight_of(stream, bytes);
    stream->mean_large_bytes = stream->mean_large_bytes == 0
                                   ? MSHIM_SAMPLING_LARGE_BYTES
                                   : adapted(stream->mean_large_bytes, now - stream->large_at,
                                             mshim_cycles_per_millisecond() / SAMPLES_PER_MILLISECOND);
    stream->large_at = now;
    stream->until_large_bytes = draw(stream, bytes - before);
    call->cpu_ns = mshim_clock_is_sandboxed() ? 0 : mshim_clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void mshim_large_before(struct mshim_timed_call *call) {
    begin(call, call->bytes < MAX_BYTES ? call->bytes : MAX_BYTES);
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_FEW_CALLS);
    call->tick = mshim_tick();
}

/* The CPU time of the call, in cycles. */
static uint64_t cpu_cycles(const struct mshim_timed_call *call) {
    const uint64_t took = call->ended - call->began, max = mshim_sample_cap(took, call->bytes);
    if (took <= SHORT_CALL_CYCLES || mshim_clock_is_sandboxed() || call->cpu_ns == 0)
        return max;
    const uint64_t cpu_ns = mshim_clock_ns(CLOCK_THREAD_CPUTIME_ID) - call->cpu_ns;
    const uint64_t ns = mshim_clock_ns(CLOCK_MONOTONIC_COARSE);
    const double cycles = (double)cpu_ns * mshim_clock_cycles_per_ns(call->ended, ns);
    return cycles <= 0 ? max : cycles < (double)took ? (uint64_t)cycles : took;
}

void mshim_large_ticked(size_t bytes, uint64_t tick) {
    const uint64_t ticks = mshim_ticks_between(tick, mshim_tick());
    if (ticks == 0 || !mshim_record_is_own())
        return;
    /* No more than what the call can have been running for; a thread that waited for a processor has only had
     * the first of them, or none. */
    const double cycles_per_tick =
        mshim_clock_cycles_per_ns(mshim_cycles(), mshim_now_ns()) * (double)mshim_tick_ns;
    const double max_cycles = (double)mshim_sample_cap(UINT64_MAX, bytes);
    const uint64_t max_ticks = cycles_per_tick > 0 ? 1 + (uint64_t)(max_cycles / cycles_per_tick) : 1;
    mshim_sample_add_ticks(&mshim_stats.timing.sparse_ticks, ticks < max_ticks ? ticks : max_ticks);
}

void mshim_large_after(const struct mshim_timed_call *call, unsigned row) {
    mshim_large_ticked(call->bytes, call->tick);
    if (!mshim_record_is_own())
        return;
    mshim_sample_add(&mshim_stats.timing.rows[row], call->weight, call->ended - call->began,
                     cpu_cycles(call));
    mshim_clock_publish(call->ended, mshim_clock_ns(CLOCK_MONOTONIC_COARSE));
}
