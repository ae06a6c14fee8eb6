/* SPDX-License-Identifier: MIT */
#include "command/compare/design.h"

#include <math.h>

static const double whole = 0.05;
/* The early look may have no more of it. */
static const double early_max = 0.025;
/* What an interval is made for that is looked at again and again until it is narrow enough, as a part of what
 * it then misses by. */
static const double late_part = 0.6;

enum { EARLY_TURNS_MIN = 8 };

static size_t pairs_of(size_t arms) {
    return arms > 1 ? arms * (arms - 1) / 2 : 1;
}

static double others_of(size_t arms) {
    return arms > 1 ? (double)(arms - 1) : 1;
}

/* The least level at which so many turns can reject: by all of them having one sign. */
static double least_level(size_t turns) {
    return turns > 0 ? ldexp(1, 1 - (int)turns) : INFINITY;
}

bool mshim_design_suffices(size_t turns, double level) {
    return least_level(turns) <= level;
}

size_t mshim_design_early_turns(size_t arms) {
    size_t turns = EARLY_TURNS_MIN;
    while (others_of(arms) * least_level(turns) > early_max)
        turns++;
    return turns;
}

double mshim_design_early_level(size_t arms) {
    return least_level(mshim_design_early_turns(arms));
}

double mshim_design_late_level(size_t arms) {
    const double rest = whole - others_of(arms) * mshim_design_early_level(arms);
    return late_part * rest / (double)pairs_of(arms);
}

double mshim_design_one_look_level(size_t arms, size_t turns, bool with_reference) {
    const double of_pairs = whole / (double)pairs_of(arms), of_others = whole / others_of(arms);
    if (mshim_design_suffices(turns, of_pairs))
        return of_pairs;
    return with_reference && mshim_design_suffices(turns, of_others) ? of_others : 0;
}
