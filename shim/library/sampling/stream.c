/* SPDX-License-Identifier: MIT */
#include "library/sampling/stream.h"

#include "library/sampling/cycles.h"

uint64_t mshim_stream_random_below(struct mshim_sampling_stream *stream, uint64_t limit) {
    uint32_t x = stream->random ? stream->random : (uint32_t)mshim_cycles() | 1;
    x ^= x << 13; /* xorshift */
    x ^= x >> 17;
    x ^= x << 5;
    stream->random = x;
    return (uint64_t)(((unsigned __int128)x * limit) >> 32);
}

double mshim_stream_expected_cycles(const struct mshim_sampling_stream *stream, uint64_t calls) {
    return stream->pace_calls ? (double)calls * (double)stream->pace_cycles / (double)stream->pace_calls : 0;
}
