/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_PSS_H
#define MSHIM_COMMAND_COMPARE_PSS_H

/* The memory of a tree of processes: the sum of their proportional set sizes, so that what they share is
 * counted once. */

#include "command/compare/tree.h"

struct mshim_pss {
    double sum_bytes;         /* of all processes */
    double largest_rss_bytes; /* the resident set of the one that has the largest */
};

/* False where the kernel does not say. */
bool mshim_pss_read(struct mshim_pss *pss, const struct mshim_tree *tree);

#endif
