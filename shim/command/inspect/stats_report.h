/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_STATS_REPORT_H
#define MSHIM_COMMAND_INSPECT_STATS_REPORT_H

/* What the report writers take, from a stats file and from what the kernel says of its process. */

#include "command/inspect/stats_file.h"
#include "shared/report/rates.h"
#include "shared/report/report.h"

struct mshim_stats_report {
    struct mshim_report report; /* points into the rest: it stays where it was made */
    enum mshim_life life;
    uint64_t id, parent_id; /* of the stats file, and of that of the process it was forked from (0: none) */
    uint64_t user_id;
    uint64_t device, inode; /* of the file, where the list was asked for */
    uint64_t read_ns;       /* CLOCK_MONOTONIC */
    struct mshim_counters counters;
    struct mshim_rates rates; /* since an earlier reading, where there is one */
    struct mshim_options options;
    char option_texts[MSHIM_STATS_OPTIONS_BYTES];
    char program[MSHIM_STATS_TEXT_BYTES], libc[16], version[16], allocator[32], allocator_version[32];
};

/* Fills the rates, from an earlier reading of the same stats file. */
void mshim_stats_report_compare(struct mshim_stats_report *now, const struct mshim_stats_report *earlier);

void mshim_stats_report_make(struct mshim_stats_report *out, const struct mshim_stats_copy *copy);

#endif
