/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COUNTERS_PAGE_SUM_H
#define MSHIM_COUNTERS_PAGE_SUM_H

/* The sum over a page (mshim/page.h): of this process, or of a file that was mapped or read. */

#include <mshim/page.h>

struct mshim_page_view {
    const struct mshim_page *page;
    const struct mshim_page_record *more; /* the records that follow the page's own; may be NULL */
    uint32_t records;                     /* readable in all: at most page->records_in_use are looked at */
};

/* How many records can be looked at, and each of them. */
static inline uint32_t mshim_page_view_count(const struct mshim_page_view *view) {
    const uint32_t in_use = __atomic_load_n(&view->page->records_in_use, __ATOMIC_RELAXED);
    return in_use < view->records ? in_use : view->records;
}

static inline const struct mshim_page_record *mshim_page_view_record(const struct mshim_page_view *view,
                                                                     uint32_t number) {
    return number < MSHIM_PAGE_FIRST_RECORDS ? &view->page->records[number]
                                             : &view->more[number - MSHIM_PAGE_FIRST_RECORDS];
}

/* Everything that is counted, and what the process told at last; what it did not tell is MSHIM_ABSENT. */
void mshim_page_sum(const struct mshim_page_view *view, struct mshim_counters *out);

#endif
