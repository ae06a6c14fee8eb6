/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_RUNS_H
#define MSHIM_COMMAND_COMPARE_RUNS_H

/* What came of the runs. */

#include <stdbool.h>
#include <stddef.h>

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

extern const struct mshim_measure_row mshim_measure_rows[MSHIM_MEASURES];

struct mshim_memory_point {
    double seconds, bytes;
};

/* Points in time of one run; of more than these every second one is dropped, and again. */
enum { MSHIM_POINTS = 256 };

struct mshim_run {
    double values[MSHIM_MEASURES]; /* NAN: not measured */
    size_t position;               /* in its turn, from 0 */
    unsigned samples;              /* of memory */
    bool was_killed;               /* it did not end when it was asked to */
    bool in_cgroup;                /* its memory is the group's */
    bool proven; /* it was seen in this run that the arm was live; else in the warm-up alone */
    struct mshim_memory_point *points; /* of a server; allocated */
    size_t point_count;
};

#endif
