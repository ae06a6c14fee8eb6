/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_STATISTICS_H
#define MSHIM_COMMAND_COMPARE_STATISTICS_H

/*
 * How two arms compare, from the logarithms of their ratios turn by turn.
 *
 * The estimate is Hodges and Lehmann's: the median of the means of all pairs of values (each with itself,
 * too). The interval holds the values that Wilcoxon's signed-rank test does not reject. Within a turn the
 * arms run in random order, so that for equal arms every ratio is as likely as its inverse, whatever the
 * clock, the neighbours and the tails of the noise do, and however runs depend on each other: the test needs
 * nothing else, and is exact for any number of turns. Its one assumption beyond that is for arms that differ:
 * that they do so by a factor.
 */

#include <stdbool.h>
#include <stddef.h>

struct mshim_statistics_estimate {
    double median, low,
        high; /* low and high are -INFINITY and INFINITY where the turns are too few for any interval */
};

/* Moves the values about. NAN for none. */
double mshim_statistics_median(double *values, size_t count);

/* `level` is the probability with which the interval may miss. False without memory or values. */
bool mshim_statistics_paired(struct mshim_statistics_estimate *estimate, const double *values, size_t count,
                             double level);

/* How many of the ordered means of pairs lie outside the interval at either end; 0: the values are too few.
 */
size_t mshim_statistics_signed_rank_cut(size_t count, double level);

#endif
