/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_STATS_VIEW_H
#define MSHIM_SHARED_STATS_VIEW_H

/* Access to the records of a stats file (mshim/stats.h): of this process's own, or of one that was mapped or
 * read. */

#include <mshim/stats.h>

struct mshim_stats_view {
    const struct mshim_stats *stats;
    const struct mshim_stats_record *more; /* the records that follow those of `stats`; NULL: none */
    uint32_t records;                      /* how many can be read in all */
};

/* The number of records that are in use and can be read. */
static inline uint32_t mshim_stats_view_count(const struct mshim_stats_view *view) {
    const uint32_t in_use = __atomic_load_n(&view->stats->records_in_use, __ATOMIC_RELAXED);
    return in_use < view->records ? in_use : view->records;
}

static inline const struct mshim_stats_record *mshim_stats_view_record(const struct mshim_stats_view *view,
                                                                       uint32_t number) {
    return number < MSHIM_STATS_FIRST_RECORDS ? &view->stats->records[number]
                                              : &view->more[number - MSHIM_STATS_FIRST_RECORDS];
}

#endif
