/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_RUNS_H
#define MSHIM_COMMAND_COMPARE_RUNS_H

/* What came of the runs. */

#include "command/compare/measures.h"

#include <stdbool.h>
#include <stddef.h>

struct mshim_run_point {
    double seconds, bytes;
};

/* Points in time of one run; of more than these every second one is dropped, and again. */
enum { MSHIM_RUN_POINTS = 256 };

struct mshim_run {
    double values[MSHIM_MEASURES]; /* NAN: not measured */
    size_t position;               /* in its turn, from 0 */
    unsigned samples;              /* of memory */
    bool was_killed;               /* it did not end when it was asked to */
    bool in_cgroup;                /* its memory is the group's */
    bool proven; /* it was seen in this run that the arm was live; else in the warm-up alone */
    struct mshim_run_point *points; /* of a server; allocated */
    size_t point_count;
};

#endif
