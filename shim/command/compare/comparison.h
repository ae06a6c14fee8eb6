/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_COMPARISON_H
#define MSHIM_COMMAND_COMPARE_COMPARISON_H

/* Everything that a comparison found, and what it was asked for. */

#include "command/compare/arms.h"
#include "command/compare/statistics.h"
#include "command/launch/flavour.h"

/* The intervals are made for less than the 5 % that they are called by: they are looked at again and again
 * while runs are added, until they are narrow enough (tests/unit/compare_simulated.c has what comes of that).
 */
#define MSHIM_COMPARE_LEVEL 0.03

struct mshim_comparison_settings {
    size_t runs;              /* of each arm, at most */
    double precision_percent; /* from one end of the interval to the other */
    double seconds;           /* for everything, as far as whole turns go */
    const char *ready_when;   /* NULL: the command runs to its end */
    const char *load;         /* NULL: a server is only waited for */
    int stop_with;
    char *const *command;
};

enum mshim_stopped_by {
    MSHIM_STOPPED_BY_PRECISION,
    MSHIM_STOPPED_BY_RUNS,
    MSHIM_STOPPED_BY_TIME,
    MSHIM_STOPPED_BY_SIGNAL
};

struct mshim_comparison {
    struct mshim_comparison_settings settings;
    struct mshim_arms arms; /* the first is the reference */
    size_t turns;           /* that are complete */
    double elapsed_seconds;
    enum mshim_stopped_by stopped_by;
    enum mshim_measure primary; /* what decides */
    enum mshim_peak_source peak_source;
    enum mshim_flavour flavour; /* the libc of the process that mattered */
};

/* How many arms are left that can be compared, the reference among them. */
size_t mshim_comparison_live(const struct mshim_comparison *comparison);

/* The median of an arm's runs; NAN where a run has no such value. */
double mshim_comparison_median(const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                               enum mshim_measure measure);

/* The ratio of one arm to another; the intervals of all pairs of arms are right together with 95 %. False
 * where a run has no value, or 0. */
bool mshim_comparison_ratio(const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                            const struct mshim_arm *other, enum mshim_measure measure,
                            struct mshim_statistics_estimate *ratio);

/* Are all intervals of what decides as narrow as was asked for? `*factor` (may be NULL): the widest over
 * that. */
bool mshim_comparison_is_precise(const struct mshim_comparison *comparison, double *factor);

/* Decides, once all runs are there, which source of peak memory they have in common, and fills it in. */
void mshim_comparison_choose_memory(struct mshim_comparison *comparison);

void mshim_comparison_free(struct mshim_comparison *comparison);

#endif
