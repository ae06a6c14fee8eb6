// SPDX-License-Identifier: MIT
/* What is derived when it is read: page headers, the totals of released pages, and what larger blocks left.
 */
#include "python/python.h"

#include "python/several.h"

#include <string.h>

enum { READ_TRIES = 8 };

struct snapshot {
    struct class_totals small[MSHIM_PYTHON_DOMAINS][CLASSES];
    struct large_counts large[MSHIM_PYTHON_DOMAINS];
};

static struct snapshot inherited; /* what stood when this process was forked */

static void add_large(struct large_counts *to, const struct large_counts *from) {
    to->allocations += from->allocations;
    to->frees += from->frees;
    to->failures += from->failures;
    to->allocated_bytes += from->allocated_bytes;
    to->freed_bytes += from->freed_bytes;
}

static void add_pages(struct snapshot *out) {
    memcpy(out->small, totals, sizeof out->small);
    for (size_t i = 0, count = pages_count(); i < count; i++) {
        const struct page *page = page_number(i);
        if (page->capacity == 0)
            continue;
        struct class_totals *total = &out->small[page->domain][page->size_class];
        total->allocated += page->allocated;
        total->freed += page->freed;
    }
}

static void take(struct snapshot *out) {
    memset(out, 0, sizeof *out);
    for (int i = 0; i < READ_TRIES; i++) {
        unsigned before = __atomic_load_n(&fold_sequence, __ATOMIC_ACQUIRE);
        add_pages(out);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if ((before & 1) == 0 && __atomic_load_n(&fold_sequence, __ATOMIC_RELAXED) == before)
            break;
    }
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        add_large(&out->large[domain], &stray_counts[domain]);
        for (struct heap *heap = all_heaps; heap != NULL;
             heap = __atomic_load_n(&heap->next, __ATOMIC_ACQUIRE))
            add_large(&out->large[domain], &heap->shelves[domain].large);
    }
}

/* A block that is freed between the reading of two fields must not come out as a negative number. */
static uint64_t difference(uint64_t more, uint64_t less) {
    return more > less ? more - less : 0;
}

void mshim_python_read(struct mshim_python_counts out[MSHIM_PYTHON_DOMAINS]) {
    struct snapshot now;
    take(&now);
    memset(out, 0, MSHIM_PYTHON_DOMAINS * sizeof *out);
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct mshim_python_counts *counts = &out[domain];
        const struct large_counts *large = &now.large[domain], *old = &inherited.large[domain];
        counts->allocations = large->allocations - old->allocations;
        counts->frees = large->frees - old->frees;
        counts->failures = large->failures - old->failures;
        counts->allocated_bytes = large->allocated_bytes - old->allocated_bytes;
        counts->freed_bytes = large->freed_bytes - old->freed_bytes;
        counts->live_blocks = difference(large->allocations, large->frees);
        counts->live_bytes = difference(large->allocated_bytes, large->freed_bytes);
        counts->inherited_live_blocks = difference(old->allocations, old->frees);
        counts->inherited_live_bytes = difference(old->allocated_bytes, old->freed_bytes);
        for (unsigned c = 0; c < CLASSES; c++) {
            const struct class_totals *small = &now.small[domain][c], *before = &inherited.small[domain][c];
            uint64_t bytes = (c + 1) * MSHIM_PYTHON_SMALL_STEP_BYTES;
            uint64_t allocations = difference(small->allocated, before->allocated);
            uint64_t frees = difference(small->freed, before->freed);
            uint64_t live = difference(small->allocated, small->freed);
            uint64_t inherited_live = difference(before->allocated, before->freed);
            counts->small_allocations[c] = allocations;
            counts->small_frees[c] = frees;
            counts->allocations += allocations;
            counts->frees += frees;
            counts->allocated_bytes += allocations * bytes;
            counts->freed_bytes += frees * bytes;
            counts->live_blocks += live;
            counts->live_bytes += live * bytes;
            counts->inherited_live_blocks += inherited_live;
            counts->inherited_live_bytes += inherited_live * bytes;
        }
    }
}

void mshim_python_memory(struct mshim_python_memory *out) {
    size_t retained = pages_empty_bytes();
    for (size_t i = 0, count = pages_count(); i < count; i++) {
        const struct page *page = page_number(i);
        if (page->capacity == 0)
            continue;
        size_t touched = (size_t)(page->capacity - page->fresh);
        size_t live = (size_t)difference(page->allocated, page->freed);
        retained += difference(touched, live) * page->block_bytes;
    }
    *out = (struct mshim_python_memory){
        .page_bytes = page_bytes_in_use,
        .peak_page_bytes = page_bytes_peak,
        .retained_bytes = retained,
        .own_bytes = pages_header_bytes(),
    };
}

void mshim_python_fork_prepare(void) {
    several_fork_prepare();
}

void mshim_python_fork_parent(void) {
    several_fork_parent();
}

void mshim_python_fork_child(void) {
    several_fork_child();
    take(&inherited);
    page_bytes_peak = page_bytes_in_use;
}

void mshim_python_request_trim(void) {
    if (fronts[0].base == 0)
        return;
    trim_wanted = true;
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++)
        __atomic_store_n(&fronts[domain].limit, 0, __ATOMIC_RELEASE);
}

size_t mshim_python_trim(void) {
    if (fronts[0].base == 0)
        return 0;
    if (!several_holds_gil()) {
        mshim_python_request_trim();
        return 0;
    }
    return several_trim();
}

void mshim_python_set_retained_limit(size_t bytes) {
    pages_set_retained_limit(bytes);
}
