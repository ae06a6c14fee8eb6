/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_COMPARISON_H
#define MSHIM_COMMAND_COMPARE_COMPARISON_H

/* Everything that a comparison found, and what it was asked for. */

#include "command/compare/arms.h"
#include "command/compare/statistics.h"
#include "command/launch/flavour.h"

struct mshim_comparison_settings {
    size_t runs;              /* of each arm, at most */
    double precision_percent; /* from one end of the interval to the other */
    bool precision_given;     /* by the user; else a difference needs no narrower interval than its fifth */
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
    size_t compared;        /* arms, the reference among them, when the turns began; 0: all that are named */
    bool one_look;          /* the design (design.h): there will be few turns, and one look at their end */
    double elapsed_seconds, turn_seconds; /* of the whole; of a turn, as it was last */
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

/* How many arms the design is made for. */
size_t mshim_comparison_compared(const struct mshim_comparison *comparison);

/* In how many complete turns the arm ran: less than all where it was dropped. */
size_t mshim_comparison_turns_of(const struct mshim_comparison *comparison, const struct mshim_arm *arm);

/* Turns without which no arm can be told from the reference. */
size_t mshim_comparison_turns_min(const struct mshim_comparison *comparison);

/* Is it known whether and how the arm differs from the reference, and that by an interval which leaves out 1?
 */
bool mshim_comparison_differs(const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                              enum mshim_measure measure, bool *is_better);

/* The widest interval of what decides over what is narrow enough: at most 1 where all are. */
double mshim_comparison_width(const struct mshim_comparison *comparison);

/* To be called after every complete turn: is it enough? Drops arms at the early look. */
bool mshim_comparison_look(struct mshim_comparison *comparison);

/* Decides, once all runs are there, which source of peak memory they have in common, and fills it in. */
void mshim_comparison_choose_memory(struct mshim_comparison *comparison);

void mshim_comparison_free(struct mshim_comparison *comparison);

#endif
