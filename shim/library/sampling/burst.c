/* SPDX-License-Identifier: MIT */
#include "library/sampling/burst.h"

#include "library/counters/records.h"
#include "library/sampling/process_clock.h"
#include "library/sampling/sample.h"
#include "shared/base/clock.h"

enum {
    BURST_CALLS = MSHIM_STATS_BURST_CALLS,
    /* Overlap matters, and can be known, where calls come in close succession: fences included, and before.
     * The second limit is higher than the first, as the pace may include some waiting. */
    MAX_BURST_CYCLES = BURST_CALLS << 13,
    MAX_UNFENCED_CYCLES = BURST_CALLS << 16,
};

void mshim_burst_begin(struct mshim_sampling_stream *stream, uint64_t now_cycles) {
    stream->state = MSHIM_SAMPLING_BURST;
    stream->record = mshim_record;
    stream->opening = true;
    stream->left = BURST_CALLS;
    stream->burst_from = now_cycles;
    stream->fenced = stream->in_calls = 0;
    stream->until_timed = 0;
}

void mshim_burst_before(struct mshim_sampling_stream *stream) {
    stream->fenced += stream->opening ? 0 : mshim_cycles() - stream->left_at;
}

static uint64_t weight_of(const struct mshim_sampling_stream *stream) {
    return 1 + stream->calls_since / BURST_CALLS;
}

static void finish(const struct mshim_sampling_stream *stream) {
    struct mshim_stats_timing *timing = &mshim_stats.timing;
    const uint64_t weight = weight_of(stream);
    const double unfenced = mshim_stream_expected_cycles(stream, BURST_CALLS);
    if (stream->fenced < MAX_BURST_CYCLES && unfenced > 0 && unfenced < MAX_UNFENCED_CYCLES) {
        MSHIM_ADD_SHARED(timing->bursts, weight);
        MSHIM_ADD_SHARED(timing->burst_call_cycles, weight * stream->in_calls);
        MSHIM_ADD_SHARED(timing->burst_cycles, weight * stream->fenced);
        MSHIM_ADD_SHARED(timing->unfenced_cycles, (uint64_t)((double)weight * unfenced));
    }
    mshim_clock_publish(mshim_cycles(), mshim_clock_ns(CLOCK_MONOTONIC_COARSE));
}

bool mshim_burst_after(const struct mshim_timed_call *call, unsigned row) {
    struct mshim_sampling_stream *stream = call->stream;
    const bool same_thread = mshim_record == stream->record; /* not in a child forked meanwhile */
    if (stream->opening) {
        stream->opening = false;
    } else {
        const uint64_t took = call->ended - call->began, cycles = mshim_sample_cap(took, call->bytes);
        stream->fenced += took;
        stream->in_calls += cycles;
        if (same_thread)
            mshim_sample_add(&mshim_stats.timing.rows[row], weight_of(stream), took, cycles);
        stream->left--;
    }
    if (stream->left == 0) {
        if (same_thread)
            finish(stream);
        if (stream->pace_calls == 0) { /* the first one: better than no pace at all */
            stream->pace_calls = BURST_CALLS;
            stream->pace_cycles = stream->fenced;
        }
        stream->calls_since = 0;
        return true;
    }
    stream->until_timed = 0;
    stream->left_at = mshim_cycles();
    return false;
}
