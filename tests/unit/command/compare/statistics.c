/* SPDX-License-Identifier: MIT */
#include "command/compare/statistics.h"
#include "command/compare/schedule.h"

#include <criterion/criterion.h>

#include <math.h>

/* From tables of Wilcoxon's signed-rank test: the largest sum of ranks that rejects, and one more. */
Test(compare_statistics, cuts_are_those_of_the_tables) {
    static const struct {
        size_t count, cut5, cut1;
    } rows[] = {{5, 0, 0},  {6, 1, 0},    {7, 3, 0},    {8, 4, 1},    {9, 6, 2},
                {10, 9, 4}, {15, 26, 16}, {20, 53, 38}, {25, 90, 69}, {50, 435, 374}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(mshim_statistics_signed_rank_cut(rows[i].count, 0.05), rows[i].cut5, "5 %% of %zu",
                     rows[i].count);
        cr_expect_eq(mshim_statistics_signed_rank_cut(rows[i].count, 0.01), rows[i].cut1, "1 %% of %zu",
                     rows[i].count);
    }
}

Test(compare_statistics, cuts_of_large_samples_go_on_from_those_of_small_ones) {
    for (size_t count = 45; count < 60; count++) {
        const double n = (double)count, mean = n * (n + 1) / 4,
                     deviation = sqrt(n * (n + 1) * (2 * n + 1) / 24);
        cr_expect_float_eq((double)mshim_statistics_signed_rank_cut(count, 0.05), mean - 1.96 * deviation,
                           2.5, "%zu", count);
    }
}

Test(compare_statistics, few_values_have_a_median_and_no_interval) {
    const double values[] = {1, 2, 4};
    struct mshim_statistics_estimate estimate;
    cr_assert(mshim_statistics_paired(&estimate, values, 3, 0.05));
    cr_assert_eq(estimate.median, 2.25); /* of 1 1.5 2 2.5 3 4 */
    cr_assert(isinf(estimate.low) && estimate.low < 0);
    cr_assert(isinf(estimate.high) && estimate.high > 0);
    cr_assert_not(mshim_statistics_paired(&estimate, values, 0, 0.05));
}

Test(compare_statistics, six_values_reach_from_the_least_to_the_largest) {
    const double values[] = {3, 1, 6, 2, 5, 4};
    struct mshim_statistics_estimate estimate;
    cr_assert(mshim_statistics_paired(&estimate, values, 6, 0.05));
    cr_assert_eq(estimate.median, 3.5);
    cr_assert_eq(estimate.low, 1);
    cr_assert_eq(estimate.high, 6);
}

Test(compare_statistics, shifted_and_mirrored_values_give_shifted_and_mirrored_intervals) {
    double values[40], shifted[40], mirrored[40];
    uint64_t random = 7;
    for (size_t i = 0; i < 40; i++) {
        values[i] = (double)(mshim_schedule_random(&random) >> 40);
        shifted[i] = values[i] + 1024;
        mirrored[i] = -values[i];
    }
    struct mshim_statistics_estimate plain, moved, turned;
    mshim_statistics_paired(&plain, values, 40, 0.05);
    mshim_statistics_paired(&moved, shifted, 40, 0.05);
    mshim_statistics_paired(&turned, mirrored, 40, 0.05);
    cr_assert_eq(moved.low, plain.low + 1024);
    cr_assert_eq(moved.high, plain.high + 1024);
    cr_assert_eq(turned.low, -plain.high);
    cr_assert_eq(turned.high, -plain.low);
    cr_assert_eq(turned.median, -plain.median);
}

Test(compare_statistics, one_wild_value_moves_little) {
    double values[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    struct mshim_statistics_estimate before, after;
    mshim_statistics_paired(&before, values, 12, 0.05);
    values[11] = 1e9;
    mshim_statistics_paired(&after, values, 12, 0.05);
    cr_assert_lt(after.high, 12);
    cr_assert_lt(fabs(after.median - before.median), 1);
}

Test(compare_statistics, medians) {
    double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2};
    cr_assert_eq(mshim_statistics_median(odd, 3), 2);
    cr_assert_eq(mshim_statistics_median(even, 4), 2.5);
    cr_assert(isnan(mshim_statistics_median(odd, 0)));
}

Test(compare_statistics, every_order_comes_as_often_as_another) {
    size_t seen[27] = {0}, order[3];
    uint64_t random = 99;
    for (size_t i = 0; i < 60000; i++) {
        mshim_schedule_shuffle(order, 3, &random);
        seen[order[0] * 9 + order[1] * 3 + order[2]]++;
    }
    size_t orders = 0;
    for (size_t i = 0; i < 27; i++)
        if (seen[i] > 0) {
            orders++;
            cr_expect_float_eq((double)seen[i], 10000, 400); /* four standard deviations */
        }
    cr_assert_eq(orders, 6);
}
