/* SPDX-License-Identifier: MIT */
/* The shares of the 5 %, and which turns they need. */
#include "command/compare/design.h"
#include "command/compare/arms.h"
#include "command/compare/statistics.h"

#include <criterion/criterion.h>

Test(compare_design, up_to_four_arms_need_eight_turns) {
    for (size_t arms = 2; arms <= 4; arms++)
        cr_expect_eq(mshim_design_early_turns(arms), 8);
    cr_expect_eq(mshim_design_early_turns(5), 9);
    cr_expect_eq(mshim_design_early_turns(8), 10);
    cr_expect_eq(mshim_design_early_turns(MSHIM_ARMS), 11);
}

Test(compare_design, all_shares_together_are_at_most_5_percent) {
    for (size_t arms = 2; arms <= MSHIM_ARMS; arms++) {
        const double others = (double)arms - 1, pairs = (double)arms * others / 2;
        const double early = others * mshim_design_early_level(arms);
        cr_expect_leq(early, 0.025);
        cr_expect_gt(mshim_design_late_level(arms), 0);
        cr_expect_leq(early + pairs * mshim_design_late_level(arms), 0.05);
        for (size_t turns = 1; turns <= MSHIM_DESIGN_ONE_LOOK_TURNS_MAX; turns++) {
            const double with = mshim_design_one_look_level(arms, turns, true),
                         without = mshim_design_one_look_level(arms, turns, false);
            cr_expect_leq(others * with + (pairs - others) * without, 0.05 + 1e-12);
            cr_expect_leq(without, with);
        }
    }
}

/* What the design calls enough has an interval, and one turn fewer has none. */
Test(compare_design, turns_that_suffice_have_an_interval) {
    for (size_t arms = 2; arms <= MSHIM_ARMS; arms++) {
        const double levels[] = {mshim_design_early_level(arms), mshim_design_late_level(arms), 0.05};
        for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
            for (size_t turns = 1; turns < 20; turns++)
                cr_expect_eq(mshim_statistics_signed_rank_cut(turns, levels[i]) > 0,
                             mshim_design_suffices(turns, levels[i]), "%zu arms, %zu turns", arms, turns);
        cr_expect(mshim_design_suffices(mshim_design_early_turns(arms), mshim_design_early_level(arms)));
    }
}

Test(compare_design, few_turns_compare_with_the_reference_first) {
    cr_expect_eq(mshim_design_one_look_level(4, 8, false), 0.05 / 6);
    cr_expect_eq(mshim_design_one_look_level(4, 7, false), 0);
    cr_expect_eq(mshim_design_one_look_level(4, 7, true), 0.05 / 3);
    cr_expect_eq(mshim_design_one_look_level(4, 6, true), 0);
    cr_expect_eq(mshim_design_one_look_level(2, 6, true), 0.05);
    cr_expect_eq(mshim_design_one_look_level(2, 5, true), 0);
}
