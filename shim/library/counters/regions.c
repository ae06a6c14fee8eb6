/* SPDX-License-Identifier: MIT */
#include "library/counters/regions.h"

#include <mshim.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

enum { REGIONS_MAX = 2048, VECTOR_PAGES = 16384 };

struct region {
    uintptr_t from, to;
};

/* In order, apart from each other. */
static struct region regions[REGIONS_MAX];
static size_t count;
static bool overflown; /* what is remembered is not all */
static atomic_flag lock = ATOMIC_FLAG_INIT, asking = ATOMIC_FLAG_INIT;

static void take_lock(void) {
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
        sched_yield();
}

static void release_lock(void) {
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

/* The first region that ends behind `address`. */
static size_t find(uintptr_t address) {
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (regions[middle].to > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Puts `new_count` regions in the place of `old_count` at `index`. */
static void replace(size_t index, size_t old_count, const struct region *new, size_t new_count) {
    if (count - old_count + new_count > REGIONS_MAX) {
        overflown = true;
        return;
    }
    memmove(&regions[index + new_count], &regions[index + old_count],
            (count - index - old_count) * sizeof *regions);
    memcpy(&regions[index], new, new_count * sizeof *regions);
    count = count - old_count + new_count;
}

static void forget(uintptr_t from, uintptr_t to) {
    struct region left[2];
    size_t left_count = 0;
    const size_t first = find(from);
    size_t end = first;
    for (; end < count && regions[end].from < to; end++) {
        if (regions[end].from < from)
            left[left_count++] = (struct region){regions[end].from, from};
        if (regions[end].to > to)
            left[left_count++] = (struct region){to, regions[end].to};
    }
    if (end > first)
        replace(first, end - first, left, left_count);
}

static void remember(uintptr_t from, uintptr_t to) {
    size_t first = find(from);
    if (first > 0 && regions[first - 1].to == from)
        first--;
    struct region all = {from, to};
    size_t end = first;
    for (; end < count && regions[end].from <= to; end++) {
        all.from = regions[end].from < all.from ? regions[end].from : all.from;
        all.to = regions[end].to > all.to ? regions[end].to : all.to;
    }
    replace(first, end - first, &all, 1);
}

/* The kernel takes whole pages, and no page is smaller than these. */
static uintptr_t end_of(const void *address, size_t bytes) {
    enum { LEAST_PAGE_BYTES = 4096 };
    return ((uintptr_t)address + bytes + LEAST_PAGE_BYTES - 1) & ~(uintptr_t)(LEAST_PAGE_BYTES - 1);
}

void mshim_regions_add(const void *address, size_t bytes) {
    take_lock();
    remember((uintptr_t)address, end_of(address, bytes));
    release_lock();
}

void mshim_regions_remove(const void *address, size_t bytes) {
    take_lock();
    forget((uintptr_t)address, end_of(address, bytes));
    release_lock();
}

/* A part of the region that is at or behind `from`; false: there is none. */
static bool next_part(uintptr_t from, size_t most_bytes, struct region *part) {
    take_lock();
    const size_t index = find(from);
    const bool there = index < count;
    if (there)
        *part = regions[index];
    release_lock();
    if (!there)
        return false;
    if (part->from < from)
        part->from = from;
    if (part->to - part->from > most_bytes)
        part->to = part->from + most_bytes;
    return true;
}

/* What has been unmapped meanwhile is an error, and not resident. */
static uint64_t resident_pages(const struct region *part, size_t page_bytes) {
    static unsigned char vector[VECTOR_PAGES];
    uint64_t resident = 0;
    const size_t bytes = part->to - part->from;
    if (mincore((void *)part->from, bytes, vector) != 0)
        return 0;
    for (size_t i = 0; i < bytes / page_bytes; i++)
        resident += vector[i] & 1;
    return resident;
}

uint64_t mshim_regions_resident_bytes(void) {
    const size_t page_bytes = (size_t)getauxval(AT_PAGESZ);
    uint64_t resident = 0;
    struct region part = {0, 0};
    if (atomic_flag_test_and_set(&asking))
        return MSHIM_ABSENT;
    while (next_part(part.to, VECTOR_PAGES * page_bytes, &part))
        resident += resident_pages(&part, page_bytes);
    const bool known = !overflown && resident > 0;
    atomic_flag_clear(&asking);
    return known ? resident * page_bytes : MSHIM_ABSENT;
}

void mshim_regions_fork_child(void) {
    atomic_flag_clear(&lock);
    atomic_flag_clear(&asking);
}
