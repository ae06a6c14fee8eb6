/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COUNTERS_TIME_ESTIMATE_H
#define MSHIM_COUNTERS_TIME_ESTIMATE_H

/*
 * What the samples of a page say of the time in allocation calls.
 *
 * The time in calls is the sum of all samples, each times its weight, less what reading the counter took. For
 * calls of episodes (timing/sampler.h) it is reduced by what the two windows say: what natural calls and the
 * program between them took, over what they took fenced off from each other. So what the processor overlaps
 * is shared out in proportion.
 *
 * Its error, at 95 %, has two parts. Chance: the variance of the weighted sums, between windows. Method:
 * whose overlapped time it was cannot be told; half of what the reduction took away is taken for the error,
 * and of a large call as much as the timing itself takes.
 */

#include "counters/page_sum.h"

/* Fills the time of `out`; it stays MSHIM_ABSENT where nothing was sampled or the clock is not known. */
void mshim_time_estimate(const struct mshim_page_view *view, struct mshim_counters *out);

#endif
