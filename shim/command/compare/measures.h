/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_MEASURES_H
#define MSHIM_COMMAND_COMPARE_MEASURES_H

/* What is measured of a run. */

#include <stdbool.h>

enum mshim_measure {
#define MSHIM_MEASURE(name, unit, more_is_better, title) MSHIM_MEASURE_##name,
#include "command/compare/measures.def"
#undef MSHIM_MEASURE
    MSHIM_MEASURES
};

struct mshim_measure_row {
    const char *name, *unit, *title;
    bool more_is_better;
};

extern const struct mshim_measure_row mshim_measure_table[MSHIM_MEASURES];

/* Where a figure of peak memory comes from. */
enum mshim_peak_source {
    MSHIM_PEAK_CGROUP,  /* the control group's own peak, page cache included */
    MSHIM_PEAK_PSS,     /* the highest of samples of the summed proportional set sizes, and what the largest
                           process grew unseen */
    MSHIM_PEAK_MAX_RSS, /* the largest resident set of one process: for runs too short to be sampled */
};

/* "cgroup", "pss", "max_rss", and for people. */
const char *mshim_peak_source_name(enum mshim_peak_source source);
const char *mshim_peak_source_title(enum mshim_peak_source source);

#endif
