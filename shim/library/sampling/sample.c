/* SPDX-License-Identifier: MIT */
#include "library/sampling/sample.h"

enum {
    CALL_CYCLES = 1 << 14,    /* some microseconds */
    PAGE_FAULT_CYCLES = 4096, /* one takes less */
    PAGE_SHIFT = 12,
};

unsigned mshim_sample_class(uint64_t cycles) {
    if (cycles == 0)
        return 0;
    const unsigned log2 = 63u - (unsigned)__builtin_clzll(cycles);
    const unsigned half = log2 < 32 && cycles * cycles >= (uint64_t)2 << (2 * log2);
    const unsigned index = 1 + 2 * log2 + half;
    return index < MSHIM_STATS_TIMING_CLASSES ? index : MSHIM_STATS_TIMING_CLASSES - 1;
}

uint64_t mshim_sample_cap(uint64_t cycles, size_t bytes) {
    const uint64_t max = CALL_CYCLES + ((uint64_t)bytes >> PAGE_SHIFT) * PAGE_FAULT_CYCLES;
    return cycles < max ? cycles : max;
}

void mshim_sample_add(struct mshim_stats_timing_row *row, uint64_t weight, uint64_t took, uint64_t cycles) {
    MSHIM_ADD_SHARED(row->samples, 1);
    MSHIM_ADD_SHARED(row->calls, weight);
    MSHIM_ADD_SHARED(row->cycles, weight * cycles);
    MSHIM_ADD_SHARED(row->classes[mshim_sample_class(took)], weight);
    if (took > row->max_cycles)
        MSHIM_WRITE(row->max_cycles, took);
}
