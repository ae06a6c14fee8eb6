/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_BURST_H
#define MSHIM_LIBRARY_SAMPLING_BURST_H

/*
 * A burst: MSHIM_STATS_BURST_CALLS calls in a row, each timed by itself, between two fences, and what the
 * program does between them is timed as well. How long as many calls take otherwise is known from those that
 * passed just before, so both together tell how much the processor overlaps when there are no fences
 * (shared/stats/time_estimate.h). A burst stands for all calls since the last one.
 */

#include "library/sampling/stream.h"

void mshim_burst_begin(struct mshim_sampling_stream *stream, uint64_t now_cycles);

/* Around each of its calls. */
void mshim_burst_before(struct mshim_sampling_stream *stream);
/* True: that was the last one. */
bool mshim_burst_after(const struct mshim_timed_call *call, unsigned row);

#endif
