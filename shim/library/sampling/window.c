/* SPDX-License-Identifier: MIT */
/*
 * A window: calls that follow each other, each timed by itself between two fences, and so is what the program
 * does between them. What the same calls take in passing is known from those before the window; the two
 * together say how much of the fenced time the processor overlaps otherwise. A window stands for all calls
 * since the last one, so each has its weight. There are at most 250 a second and thread, so that the cost
 * stays far below a hundredth.
 *
 * CPU time is wanted, and the counter goes on while a thread waits for a processor: time is cut off at what a
 * call can explain (some microseconds).
 */
#include "library/sampling/stream.h"

#include <time.h>

enum {
    WINDOW = MSHIM_STATS_TIMING_CALLS,
    SPARSE_CYCLES = WINDOW << 13,
    MOST_NATURAL_CYCLES = WINDOW << 16, /* of as many calls in passing: a thread that waited took more */
    CUT_CYCLES = 1 << 14,               /* some microseconds */
    CUT_CYCLES_A_PAGE = 4096,           /* a fault takes less */
    PAGE_SHIFT = 12,
};

unsigned mshim_time_class(uint64_t cycles) {
    if (cycles == 0)
        return 0;
    const unsigned log2 = 63u - (unsigned)__builtin_clzll(cycles);
    const unsigned half = log2 < 32 && cycles * cycles >= (uint64_t)2 << (2 * log2);
    const unsigned index = 1 + 2 * log2 + half;
    return index < MSHIM_STATS_TIMING_CLASSES ? index : MSHIM_STATS_TIMING_CLASSES - 1;
}

uint64_t mshim_time_cut(uint64_t cycles, size_t bytes) {
    const uint64_t most = CUT_CYCLES + ((uint64_t)bytes >> PAGE_SHIFT) * CUT_CYCLES_A_PAGE;
    return cycles < most ? cycles : most;
}

void mshim_time_add(struct mshim_stats_timing_row *row, uint64_t weight, uint64_t took, uint64_t cycles) {
    MSHIM_ADD(row->samples, 1);
    MSHIM_ADD(row->calls, weight);
    MSHIM_ADD(row->cycles, weight * cycles);
    MSHIM_ADD(row->classes[mshim_time_class(took)], weight);
    if (took > row->max_cycles)
        MSHIM_WRITE(row->max_cycles, took);
}

void mshim_window_begin(struct mshim_time_stream *stream, uint64_t now) {
    stream->state = MSHIM_TIME_WINDOW;
    stream->record = mshim_record;
    stream->opening = true;
    stream->left = WINDOW;
    stream->window_from = now;
    stream->fenced = stream->in_calls = 0;
    stream->until_timed = 0;
}

void mshim_window_before(struct mshim_time_stream *stream) {
    stream->fenced += stream->opening ? 0 : mshim_cycles() - stream->left_at;
}

static uint64_t weight_of(const struct mshim_time_stream *stream) {
    return 1 + stream->calls_since / WINDOW;
}

static void finish(const struct mshim_time_stream *stream) {
    struct mshim_stats_timing *time = &mshim_record->time;
    const uint64_t weight = weight_of(stream);
    const double natural = mshim_natural_cycles(stream, WINDOW);
    if (stream->fenced < SPARSE_CYCLES && natural > 0 && natural < MOST_NATURAL_CYCLES) {
        MSHIM_ADD(time->dense, weight);
        MSHIM_ADD(time->dense_cycles, weight * stream->in_calls);
        MSHIM_ADD(time->fenced_cycles, weight * stream->fenced);
        MSHIM_ADD(time->natural_cycles, (uint64_t)((double)weight * natural));
    }
    mshim_clock_publish(mshim_cycles(), mshim_clock_read_ns(CLOCK_MONOTONIC_COARSE));
}

bool mshim_window_after(const struct mshim_timed_call *call, unsigned row) {
    struct mshim_time_stream *stream = call->stream;
    const bool mine = mshim_record == stream->record; /* not in a child that was forked meanwhile */
    if (stream->opening) {
        stream->opening = false;
    } else {
        const uint64_t took = call->ended - call->began, cycles = mshim_time_cut(took, call->bytes);
        stream->fenced += took;
        stream->in_calls += cycles;
        if (mine)
            mshim_time_add(&mshim_record->time.rows[row], weight_of(stream), took, cycles);
        stream->left--;
    }
    if (stream->left == 0) {
        if (mine)
            finish(stream);
        if (stream->natural_calls == 0) { /* better than nothing */
            stream->natural_calls = WINDOW;
            stream->natural_cycles = stream->fenced;
        }
        stream->calls_since = 0;
        return true;
    }
    stream->until_timed = 0;
    stream->left_at = mshim_cycles();
    return false;
}
