/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_STATS_LIST_H
#define MSHIM_COMMAND_INSPECT_STATS_LIST_H

/* All stats files that may be read, at one time. */

#include "command/inspect/stats_report.h"

struct mshim_stats_item {
    struct mshim_stats_report *reading; /* with rates, where the list before had it, too */
};

struct mshim_stats_list {
    size_t count, capacity;
    size_t left_out;                /* files that could not be read, or were not believed */
    struct mshim_stats_item *items; /* in any order; to be sorted at will */
};

/*
 * Reads them into `*list`, which is all zeros or was read before; `before`, which may be NULL, is an earlier
 * reading. What cannot be read is left out; `complain`, which may be NULL, is called with a sentence about
 * it.
 *
 * False, with errno: MSHIM_DIR is invalid or cannot be read, or there is no memory.
 */
bool mshim_stats_list_read(struct mshim_stats_list *list, const struct mshim_stats_list *before,
                           bool only_running, void (*complain)(const char *text));

void mshim_stats_list_free(struct mshim_stats_list *list);

#endif
