/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_RATES_H
#define MSHIM_SHARED_REPORT_RATES_H

/* What became of the counters between two readings of one process. */

#include "shared/report/report.h"

struct mshim_rates {
    uint64_t interval_ns;
    /* A second; MSHIM_ABSENT where one of the readings lacks it. */
    uint64_t calls; /* of all functions, and allocations and frees in CPython's domains */
    uint64_t allocated_bytes, freed_bytes;
    uint64_t page_faults;
    /* Thousandths of the CPU time that allocation calls took in between; MSHIM_ABSENT also where too little
     * was used to say. */
    uint64_t allocation_share;
    /* More or less than at the earlier reading, in all: absent where `known` is false. */
    struct mshim_change {
        bool known;
        int64_t more;
    } live_bytes, peak_live_bytes, live_blocks, rss_bytes;
};

/* Calls that allocate or free, those of CPython's domains included; MSHIM_ABSENT with counters off. */
uint64_t mshim_calls_of(const struct mshim_report *report);

/* Minor and major ones. */
uint64_t mshim_page_faults_of(const struct mshim_report *report);

/* Of the whole life, in thousandths of the CPU time; MSHIM_ABSENT where it was not measured. */
uint64_t mshim_allocation_share_of(const struct mshim_report *report);

/* MSHIM_ABSENT where one of them is, or `whole` is 0. */
uint64_t mshim_thousandths(uint64_t part, uint64_t whole);

/* `count` in `ns` as a number a second. */
uint64_t mshim_per_second(uint64_t count, uint64_t ns);

void mshim_rates_between(struct mshim_rates *out, const struct mshim_report *earlier,
                         const struct mshim_report *later, uint64_t interval_ns);

#endif
