/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_DESIGN_H
#define MSHIM_COMMAND_COMPARE_DESIGN_H

/*
 * What may be concluded after how many turns, so that all conclusions of a comparison together are wrong with a
 * probability of at most 5 %: a group-sequential design.
 *
 * An arm that is always faster in n turns is so by chance in 2 of 2^n cases: this is all that the signed-rank
 * test can say of few turns, and it has to stand for several arms. So there are two designs, of which one is
 * chosen when the first turn has shown how many turns there will be.
 *
 * One look, where there is time for few turns only: nothing is concluded before the end, and then with all of
 * the 5 %, shared among all pairs of arms; where the turns are too few for that, among those with the reference.
 *
 * Several looks, else: one early look compares each arm with the reference, and has its share of the 5 %. It may
 * drop an arm, or end the comparison of two arms where all is clear. The looks after it have the rest, shared
 * among all pairs. They come again and again until the intervals are narrow enough, which is worth a part of the
 * rest (tests/unit/command/compare/honest.c simulates what comes of it).
 */

#include <stdbool.h>
#include <stddef.h>

/* Turns from which the looks after the early one begin. */
enum { MSHIM_DESIGN_TURNS_MIN = 10 };

/* As many turns at most are worth no early look. */
enum { MSHIM_DESIGN_ONE_LOOK_TURNS_MAX = 15 };

/* The number of turns before the early look, of so many arms, the reference among them: 8 for up to four
 * arms. With one look as many are enough to compare each arm with the reference, too. */
size_t mshim_design_early_turns(size_t arms);

/* The level of the early look for one arm and the reference. */
double mshim_design_early_level(size_t arms);

/* The level of the looks after it for any two arms. */
double mshim_design_late_level(size_t arms);

/* The level of one look alone after so many turns for two arms, `with_reference` if that is one of them; 0:
 * the turns are too few. */
double mshim_design_one_look_level(size_t arms, size_t turns, bool with_reference);

/* Can any interval be had of so many turns at this level? */
bool mshim_design_suffices(size_t turns, double level);

#endif
