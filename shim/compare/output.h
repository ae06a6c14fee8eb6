/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMPARE_OUTPUT_H
#define MSHIM_COMPARE_OUTPUT_H

/* What a comparison says to people. */

#include "compare/comparison.h"
#include "compare/verdict.h"

/* Prints medians, ratios and the verdict to stdout. */
void mshim_comparison_print(const struct mshim_comparison *comparison, const struct mshim_sentences *verdict);

#endif
