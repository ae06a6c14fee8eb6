/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_MEMORY_H
#define MSHIM_COMMAND_COMPARE_MEMORY_H

/* The memory of a tree of processes: the sum of their proportional set sizes, so that what they share is
 * counted once. */

#include "command/compare/tree.h"

/* Where a figure of peak memory comes from. */
enum mshim_memory_source {
    MSHIM_MEMORY_CGROUP,  /* the control group's own peak, page cache included */
    MSHIM_MEMORY_PSS,     /* the highest of samples of the summed proportional set sizes, and what the largest
                             process grew unseen */
    MSHIM_MEMORY_MAX_RSS, /* the largest resident set that one process had: for runs too short to be sampled
                           */
};

/* "cgroup", "pss", "max_rss", and for people. */
const char *mshim_memory_source_name(enum mshim_memory_source source);
const char *mshim_memory_source_title(enum mshim_memory_source source);

struct mshim_memory {
    double pss_bytes;         /* of all processes */
    double largest_rss_bytes; /* the resident set of the one that has the largest */
};

/* False where the kernel does not tell. */
bool mshim_memory_read(struct mshim_memory *memory, const struct mshim_tree *tree);

#endif
