/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_OUTPUT_H
#define MSHIM_COMMAND_COMPARE_OUTPUT_H

/* What a comparison says to people. */

#include "command/compare/comparison.h"
#include "command/compare/verdict.h"

/* Prints medians, ratios and the verdict to stdout. */
void mshim_comparison_print(const struct mshim_comparison *comparison,
                            const struct mshim_verdict_text *verdict);

#endif
