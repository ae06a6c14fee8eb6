/* SPDX-License-Identifier: MIT */
/* What is live, computed by itself, is what the sum says: for records of any content. */
#include "shared/stats/sum.h"

#include <criterion/criterion.h>
#include <string.h>

static uint64_t state = 1;

static uint64_t below(uint64_t limit) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % limit;
}

static void fill(struct mshim_stats_record *record) {
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        record->sizes[i] = below(1000);
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++) {
        record->calls[i] = i == MSHIM_FUNCTION_malloc ? 0 : below(1000);
        record->failures[i] = below(10);
    }
    record->allocated_bytes = (1u << 30) + below(1 << 20);
    record->freed_bytes = below(1 << 20);
    record->frees_of_null = below(100);
    record->python_calls = below(100);
    record->realloc_allocated_blocks = below(100);
    record->realloc_freed_blocks = below(100);
}

Test(stats_live, is_what_the_sum_says) {
    static struct mshim_stats stats;
    static struct mshim_counters sum;
    for (int round = 0; round < 50; round++) {
        memset(&stats, 0, sizeof stats);
        stats.records_in_use = MSHIM_STATS_FIRST_RECORDS;
        stats.inherited_live_bytes = below(1 << 20);
        stats.inherited_live_blocks = below(1 << 10);
        fill(&stats.overflow);
        for (unsigned i = 0; i < MSHIM_STATS_FIRST_RECORDS; i++)
            fill(&stats.records[i]);
        stats.python_active = round % 2;
        for (unsigned domain = 0; domain < 2; domain++) {
            struct mshim_stats_python_domain *counts = &stats.python_heaps[round % 4].domains[domain];
            counts->small[below(32)].allocated = below(1 << 20);
            counts->large_allocations = below(100);
            counts->large_allocated_bytes = below(1 << 20);
            counts->large_frees = below(100);
            stats.python_inherited_live_bytes[domain] = below(1 << 10);
            stats.python_inherited_live_blocks[domain] = below(1 << 10);
        }
        const struct mshim_stats_view view = {&stats, NULL, MSHIM_STATS_FIRST_RECORDS};
        struct mshim_live live;
        mshim_stats_live(&view, &live);
        mshim_stats_sum(&view, &sum);
        cr_assert_eq(live.bytes + live.python_bytes[0] + live.python_bytes[1], sum.memory_live_bytes);
        cr_assert_eq(live.blocks + live.python_blocks[0] + live.python_blocks[1], sum.memory_live_blocks);
        if (stats.python_active) {
            cr_assert_eq(live.python_bytes[0], sum.python_mem.live_bytes);
            cr_assert_eq(live.python_blocks[1], sum.python_object.live_blocks);
        } else {
            cr_assert_eq(live.python_bytes[0] + live.python_blocks[1], 0);
        }
    }
}
