/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_STATS_SUM_H
#define MSHIM_SHARED_STATS_SUM_H

/* The sum over a page (mshim/stats.h): of this process, or of a file that was mapped or read. */

#include "shared/stats/view.h"

/* Everything that is counted, and what the process told at last; what it did not tell is MSHIM_ABSENT. */
void mshim_stats_sum(const struct mshim_stats_view *view, struct mshim_counters *out);

#endif
