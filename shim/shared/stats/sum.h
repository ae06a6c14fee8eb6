/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_STATS_SUM_H
#define MSHIM_SHARED_STATS_SUM_H

#include "shared/stats/view.h"

/* All counters of a stats file, summed over its records; MSHIM_ABSENT is what counting alone does not tell:
 * what the kernel and the allocator know (`rss_bytes`, `retained_bytes`, `page_faults`), and what was not
 * measured. */
void mshim_stats_sum(const struct mshim_stats_view *view, struct mshim_counters *out);

/* What is live, as the sum says: of the functions, and by domain of CPython. Takes a fraction of the time. */
struct mshim_live {
    uint64_t bytes, blocks;
    uint64_t python_bytes[2], python_blocks[2]; /* 0 where the shim does not serve them */
};
void mshim_stats_live(const struct mshim_stats_view *view, struct mshim_live *out);

#endif
