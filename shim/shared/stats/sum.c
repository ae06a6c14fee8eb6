/* SPDX-License-Identifier: MIT */
#include "shared/stats/sum.h"

#include "shared/base/absent.h"
#include "shared/stats/cell.h"
#include "shared/stats/size_classes.h"
#include "shared/stats/time_estimate.h"

#include <string.h>

/* Sums that are only needed to derive others. */
struct parts {
    uint64_t allocated_blocks, freed_blocks, malloc_calls;
};

static void begin(struct mshim_counters *out) {
    mshim_set_all_absent(out, sizeof *out);
    out->format = MSHIM_COUNTERS_FORMAT;
    out->size_bytes = sizeof *out;
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        out->sizes[i] =
            (struct mshim_size_class){mshim_size_class_from_bytes(i), mshim_size_class_to_bytes(i), 0};
    memset(out->functions, 0, sizeof out->functions);
    out->realloc_in_place = out->realloc_moved = out->realloc_copied_bytes = 0;
    out->memory_allocated_bytes = out->memory_freed_bytes = 0;
}

static void add_record(struct mshim_counters *out, struct parts *parts,
                       const struct mshim_stats_record *record) {
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        out->sizes[i].calls += MSHIM_READ(record->sizes[i]);
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++) {
        out->functions[i].calls += MSHIM_READ(record->calls[i]);
        out->functions[i].failures += MSHIM_READ(record->failures[i]);
        out->functions[i].requested_bytes += MSHIM_READ(record->requested_bytes[i]);
    }
    parts->malloc_calls -= MSHIM_READ(record->python_calls);
    out->memory_allocated_bytes += MSHIM_READ(record->allocated_bytes);
    out->memory_freed_bytes += MSHIM_READ(record->freed_bytes);
    out->realloc_in_place += MSHIM_READ(record->realloc_in_place);
    out->realloc_moved += MSHIM_READ(record->realloc_moved);
    out->realloc_copied_bytes += MSHIM_READ(record->realloc_copied_bytes);
    parts->allocated_blocks += MSHIM_READ(record->realloc_allocated_blocks);
    parts->freed_blocks += MSHIM_READ(record->realloc_freed_blocks) - MSHIM_READ(record->frees_of_null);
}

static void derive_calls(struct mshim_counters *out, struct parts *parts) {
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        parts->malloc_calls += out->sizes[i].calls;
#define SIZED(name)                       parts->malloc_calls -= out->functions[MSHIM_FUNCTION_##name].calls;
#define UNSIZED(name)                     out->functions[MSHIM_FUNCTION_##name].requested_bytes = MSHIM_ABSENT;
#define MSHIM_FUNCTION(name, sized, help) sized(name)
#include <mshim/functions.def>
#undef MSHIM_FUNCTION
#undef SIZED
#undef UNSIZED
    out->functions[MSHIM_FUNCTION_malloc].calls = parts->malloc_calls;

    for (unsigned i = 0; i <= MSHIM_FUNCTION_pvalloc; i++)
        if (i != MSHIM_FUNCTION_realloc && i != MSHIM_FUNCTION_reallocarray)
            parts->allocated_blocks += out->functions[i].calls - out->functions[i].failures;
    for (unsigned i = MSHIM_FUNCTION_free; i <= MSHIM_FUNCTION_free_aligned_sized; i++)
        parts->freed_blocks += out->functions[i].calls;
}

/* Never negative: a block may be freed between the reading of the two values. */
static uint64_t difference(uint64_t more, uint64_t less) {
    return more > less ? more - less : 0;
}

/* One of CPython's domains, over all heaps. */
static void sum_domain(struct mshim_python_counters *counters, const struct mshim_stats *stats,
                       unsigned domain) {
    memset(counters, 0, sizeof *counters);
    for (unsigned h = 0; h < MSHIM_STATS_PYTHON_HEAPS; h++) {
        const struct mshim_stats_python_domain *heap = &stats->python_heaps[h].domains[domain];
        counters->allocations += MSHIM_READ(heap->large_allocations);
        counters->frees += MSHIM_READ(heap->large_frees);
        counters->failures += MSHIM_READ(heap->failures);
        counters->allocated_bytes += MSHIM_READ(heap->large_allocated_bytes);
        counters->freed_bytes += MSHIM_READ(heap->large_freed_bytes);
        for (unsigned c = 0; c < MSHIM_STATS_PYTHON_CLASSES; c++) {
            const uint64_t bytes = (c + 1) * MSHIM_STATS_PYTHON_STEP_BYTES;
            const uint64_t freed = MSHIM_READ(heap->small[c].freed);
            const uint64_t allocated = MSHIM_READ(heap->small[c].allocated);
            counters->allocations += allocated;
            counters->frees += freed;
            counters->allocated_bytes += allocated * bytes;
            counters->freed_bytes += freed * bytes;
        }
    }
    counters->live_bytes = difference(counters->allocated_bytes + stats->python_inherited_live_bytes[domain],
                                      counters->freed_bytes);
    counters->live_blocks =
        difference(counters->allocations + stats->python_inherited_live_blocks[domain], counters->frees);
}

static void add_domain(struct mshim_counters *out, struct mshim_python_counters *counters,
                       const struct mshim_stats *stats, unsigned domain) {
    sum_domain(counters, stats, domain);
    for (unsigned h = 0; h < MSHIM_STATS_PYTHON_HEAPS; h++)
        for (unsigned c = 0; c < MSHIM_STATS_PYTHON_CLASSES; c++)
            out->sizes[mshim_size_class((c + 1) * MSHIM_STATS_PYTHON_STEP_BYTES)].calls +=
                MSHIM_READ(stats->python_heaps[h].domains[domain].small[c].allocated);
    out->memory_allocated_bytes += counters->allocated_bytes;
    out->memory_freed_bytes += counters->freed_bytes;
    out->memory_live_bytes += counters->live_bytes;
    out->memory_live_blocks += counters->live_blocks;
    out->memory_inherited_live_bytes += stats->python_inherited_live_bytes[domain];
    out->memory_inherited_live_blocks += stats->python_inherited_live_blocks[domain];
}

void mshim_stats_sum(const struct mshim_stats_view *view, struct mshim_counters *out) {
    const struct mshim_stats *stats = view->stats;
    const uint32_t records = mshim_stats_view_count(view);
    struct parts parts = {0, 0, 0};
    begin(out);
    add_record(out, &parts, &stats->overflow);
    for (uint32_t i = 0; i < records; i++)
        add_record(out, &parts, mshim_stats_view_record(view, i));
    derive_calls(out, &parts);

    out->memory_inherited_live_bytes = stats->inherited_live_bytes;
    out->memory_inherited_live_blocks = stats->inherited_live_blocks;
    out->memory_live_bytes =
        out->memory_allocated_bytes - out->memory_freed_bytes + stats->inherited_live_bytes;
    out->memory_live_blocks = parts.allocated_blocks - parts.freed_blocks + stats->inherited_live_blocks;
    out->memory_peak_live_bytes = (uint64_t)MSHIM_READ(stats->peak_live_bytes);
    out->threads_started = MSHIM_READ(stats->threads_started);
    out->threads_ended = MSHIM_READ(stats->threads_ended);
    if (stats->kernel_counted) {
        out->kernel_mmap_calls = MSHIM_READ(stats->kernel.mmap_calls);
        out->kernel_mmap_bytes = MSHIM_READ(stats->kernel.mmap_bytes);
        out->kernel_munmap_calls = MSHIM_READ(stats->kernel.munmap_calls);
        out->kernel_munmap_bytes = MSHIM_READ(stats->kernel.munmap_bytes);
        out->kernel_madvise_calls = MSHIM_READ(stats->kernel.madvise_calls);
        out->kernel_madvise_bytes = MSHIM_READ(stats->kernel.madvise_bytes);
    }
    if (stats->python_active) {
        add_domain(out, &out->python_mem, stats, 0);
        add_domain(out, &out->python_object, stats, 1);
    }
    if (out->memory_peak_live_bytes < out->memory_live_bytes)
        out->memory_peak_live_bytes = out->memory_live_bytes;
    mshim_time_estimate(stats, out);
}

/* As add_record and derive_calls, of what is live alone. */
static void add_live(struct mshim_live *out, const struct mshim_stats_record *record) {
    out->bytes += MSHIM_READ(record->allocated_bytes) - MSHIM_READ(record->freed_bytes);
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        out->blocks += MSHIM_READ(record->sizes[i]);
    for (unsigned i = 0; i <= MSHIM_FUNCTION_pvalloc; i++)
        out->blocks -= i == MSHIM_FUNCTION_realloc || i == MSHIM_FUNCTION_reallocarray
                           ? MSHIM_READ(record->calls[i])
                           : MSHIM_READ(record->failures[i]);
    for (unsigned i = MSHIM_FUNCTION_free; i <= MSHIM_FUNCTION_free_aligned_sized; i++)
        out->blocks -= MSHIM_READ(record->calls[i]);
    out->blocks += MSHIM_READ(record->frees_of_null) - MSHIM_READ(record->python_calls) +
                   MSHIM_READ(record->realloc_allocated_blocks) - MSHIM_READ(record->realloc_freed_blocks);
}

void mshim_stats_live(const struct mshim_stats_view *view, struct mshim_live *out) {
    const struct mshim_stats *stats = view->stats;
    const uint32_t records = mshim_stats_view_count(view);
    *out = (struct mshim_live){.bytes = stats->inherited_live_bytes, .blocks = stats->inherited_live_blocks};
    add_live(out, &stats->overflow);
    for (uint32_t i = 0; i < records; i++)
        add_live(out, mshim_stats_view_record(view, i));
    for (unsigned domain = 0; domain < 2 && stats->python_active; domain++) {
        struct mshim_python_counters counters;
        sum_domain(&counters, stats, domain);
        out->python_bytes[domain] = counters.live_bytes;
        out->python_blocks[domain] = counters.live_blocks;
    }
}
