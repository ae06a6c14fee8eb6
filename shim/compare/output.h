/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMPARE_OUTPUT_H
#define MSHIM_COMPARE_OUTPUT_H

/* What a comparison leaves: a table for people, and the file. */

#include "compare/comparison.h"
#include "compare/verdict.h"

/* Prints medians, ratios and the verdict to stdout. */
void mshim_comparison_print(const struct mshim_comparison *comparison, const struct mshim_sentences *verdict);

/* Writes the JSON into a new file that takes the place of `path` when it is whole. False with errno set; what
 * was there has stayed then. */
bool mshim_comparison_save(const struct mshim_comparison *comparison, const struct mshim_sentences *verdict,
                           const char *path);

#endif
