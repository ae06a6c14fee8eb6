/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_VERDICT_H
#define MSHIM_COMMAND_COMPARE_VERDICT_H

/* What came of a comparison in words, which say no more than the figures. */

#include "command/compare/comparison.h"

enum { MSHIM_VERDICT_LINES = 3 * MSHIM_ARMS + 3, MSHIM_VERDICT_BYTES = 8192 };

struct mshim_verdict_text {
    size_t count;
    char line[MSHIM_VERDICT_LINES][MSHIM_VERDICT_BYTES];
};

/* A line for each arm against the reference, then which is fastest, which takes least memory, and the
 * trade-off. */
void mshim_verdict_make(struct mshim_verdict_text *verdict, const struct mshim_comparison *comparison);

#endif
