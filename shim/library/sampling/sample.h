/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_SAMPLE_H
#define MSHIM_LIBRARY_SAMPLING_SAMPLE_H

/* How a sample is entered into the counters of the stats file (mshim/stats.h). */

#include "shared/stats/cell.h"

#include <mshim/stats.h>
#include <stddef.h>

/* Time class of a call: 0 for 0 cycles, 1 + i from 2^(i/2) on. */
unsigned mshim_sample_class(uint64_t cycles);

/*
 * An upper bound of what a call of this size can take while it has a processor: some microseconds, and page
 * faults for all it may touch. CPU time is wanted, and the cycle counter goes on while a thread waits for a
 * processor; what exceeds the bound was waiting.
 */
uint64_t mshim_sample_cap(uint64_t cycles, size_t bytes);

/* Enters a call that stands for `weight` calls. `took` is the time that passed, for the percentiles and the
 * maximum; `cycles`, at most as much, is the CPU time. */
void mshim_sample_add(struct mshim_stats_timing_row *row, uint64_t weight, uint64_t took, uint64_t cycles);

static inline void mshim_sample_add_ticks(struct mshim_stats_ticks *ticks, uint64_t weight) {
    MSHIM_ADD_SHARED(ticks->weights, weight);
    MSHIM_ADD_SHARED(ticks->squared_weights, weight * weight);
}

#endif
