/* SPDX-License-Identifier: MIT */
#include "command/compare/measures.h"

const struct mshim_measure_row mshim_measure_table[MSHIM_MEASURES] = {
#define MSHIM_MEASURE(name, unit, more_is_better, title) {#name, unit, title, more_is_better},
#include "command/compare/measures.def"
#undef MSHIM_MEASURE
};

const char *mshim_peak_source_name(enum mshim_peak_source source) {
    static const char *const names[] = {"cgroup", "pss", "max_rss"};
    return names[source];
}

const char *mshim_peak_source_title(enum mshim_peak_source source) {
    static const char *const titles[] = {
        "of the control group, page cache included", "proportional set sizes of all processes, sampled",
        "largest resident set of one process; the runs are too short to sample"};
    return titles[source];
}
