/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_STATS_TIME_ESTIMATE_H
#define MSHIM_SHARED_STATS_TIME_ESTIMATE_H

/*
 * Estimates the CPU time spent in allocation calls from the samples in a stats file (mshim/stats.h). There
 * are two independent estimates:
 *
 * By ticks. Each kernel tick that came within a call stands for one tick period spent in calls. Unbiased, but
 * its error is that of a count of random events, so it takes seconds of CPU time to become small.
 *
 * By bursts. The weighted sum of all timed calls, less the cost of timing, less what the processor would have
 * overlapped with the surrounding code had the timed calls not been fenced. That overlap is shared out in
 * proportion between calls and surroundings, which can be wrong by up to half of the figure (bench/README.md,
 * "The estimate of the time"). So its error is half of the figure, but it is there from the first moment.
 *
 * The result is the mean of both, weighted by precision. For the memory functions there are ticks alone.
 */

#include <mshim/stats.h>

/* Fills in all times of `out`. What was not sampled, or has no usable clock, is left as it is. */
void mshim_time_estimate(const struct mshim_stats *stats, struct mshim_counters *out);

#endif
