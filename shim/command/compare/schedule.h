/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_SCHEDULE_H
#define MSHIM_COMMAND_COMPARE_SCHEDULE_H

/* Who runs when, and when it is enough. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is the width to be looked at after so many turns, from MSHIM_DESIGN_TURNS_MIN on? Not after every one: each
 * look is a chance to stop at a width that is small by luck. */
bool mshim_schedule_looks(size_t turns);

/* A random number; the same seed gives the same numbers. *state is not 0. */
uint64_t mshim_schedule_random(uint64_t *state);

/* Fills `order` with 0 to count - 1, every order as likely as another. */
void mshim_schedule_shuffle(size_t *order, size_t count, uint64_t *state);

#endif
