/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_RATES_H
#define MSHIM_SHARED_REPORT_RATES_H

/* How the counters of a process changed between two readings, and numbers derived from one. */

#include "shared/report/report.h"

struct mshim_rates {
    uint64_t interval_ns;
    /* Per second; MSHIM_ABSENT where one of the readings lacks it. */
    uint64_t calls; /* of all functions, with allocations and frees in CPython's domains */
    uint64_t allocated_bytes, freed_bytes;
    uint64_t page_faults;
    /* Thousandths of the CPU time in between, spent in allocation calls; MSHIM_ABSENT also where there was too little CPU
     * time. */
    uint64_t allocation_share;
    /* Absolute changes. */
    struct mshim_change {
        bool known;
        int64_t more;
    } live_bytes, peak_live_bytes, live_blocks, rss_bytes;
};

/* All calls, with allocations and frees in CPython's domains; MSHIM_ABSENT if counters are off. */
uint64_t mshim_calls_of(const struct mshim_report *report);

/* Minor and major. */
uint64_t mshim_page_faults_of(const struct mshim_report *report);

/* The share of allocation calls since the start, in thousandths of the CPU time. */
uint64_t mshim_allocation_share_of(const struct mshim_report *report);

/* Is that share known well enough to be shown as a number? A handful of samples says next to nothing. */
bool mshim_allocation_share_is_firm(const struct mshim_report *report);

/* MSHIM_ABSENT if one of them is, or `whole` is 0. */
uint64_t mshim_thousandths(uint64_t part, uint64_t whole);

/* The rate of `count` in `ns`; MSHIM_ABSENT if one of them is, or `ns` is 0. */
uint64_t mshim_per_second(uint64_t count, uint64_t ns);

void mshim_rates_between(struct mshim_rates *out, const struct mshim_report *earlier,
                         const struct mshim_report *later, uint64_t interval_ns);

#endif
