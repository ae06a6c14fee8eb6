/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_STATS_TIME_ESTIMATE_H
#define MSHIM_SHARED_STATS_TIME_ESTIMATE_H

/*
 * What the samples of a page (sampling/sampler.h) say of the time in allocation calls.
 *
 * By ticks: each tick of the kernel that came within a call stands for the time between two of them. Its
 * error is that of a number of random events, so it takes seconds to become small.
 *
 * By windows: the sum of all timed calls, each times its weight, less what reading the counter took, and less
 * what the processor overlaps with the program when nothing is fenced off. That is shared out in proportion,
 * which is known to be wrong by up to half of the figure (bench/README.md, "The estimate of the time"), and
 * so its error is half of the figure, from the first moment on.
 *
 * The estimate is the mean of both, weighted by their precision. That of the memory functions is by ticks
 * alone.
 */

#include "shared/stats/view.h"

/* Fills the times of `out`; it stays MSHIM_ABSENT where nothing was sampled or the clock is not known. */
void mshim_time_estimate(const struct mshim_stats_view *view, struct mshim_counters *out);

#endif
