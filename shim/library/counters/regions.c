/* SPDX-License-Identifier: MIT */
#include "library/counters/regions.h"

#include "shared/base/lock.h"

#include <mshim.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>

enum { REGIONS_MAX = 2048, VECTOR_PAGES = 16384 };

struct region {
    uintptr_t from, to;
};

/* Sorted; neither overlapping nor adjacent. */
static struct region regions[REGIONS_MAX];
static size_t count;
static bool overflown; /* some could not be remembered */
static struct mshim_lock lock, asking;

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

/* Replaces `old_count` regions at `index` by `new_count` others. */
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

/* The kernel maps whole pages; this is the smallest page size. */
static uintptr_t end_of(const void *address, size_t bytes) {
    enum { MIN_PAGE_BYTES = 4096 };
    return ((uintptr_t)address + bytes + MIN_PAGE_BYTES - 1) & ~(uintptr_t)(MIN_PAGE_BYTES - 1);
}

void mshim_regions_add(const void *address, size_t bytes) {
    mshim_lock(&lock);
    remember((uintptr_t)address, end_of(address, bytes));
    mshim_unlock(&lock);
}

void mshim_regions_remove(const void *address, size_t bytes) {
    mshim_lock(&lock);
    forget((uintptr_t)address, end_of(address, bytes));
    mshim_unlock(&lock);
}

enum part { LOCKED, NO_PART, PART };

/* The first region that does not end before `from`, or the beginning of it. */
static enum part next_part(uintptr_t from, size_t max_bytes, struct region *part) {
    if (!mshim_lock_bounded(&lock))
        return LOCKED;
    const size_t index = find(from);
    const bool there = index < count;
    if (there)
        *part = regions[index];
    mshim_unlock(&lock);
    if (!there)
        return NO_PART;
    if (part->from < from)
        part->from = from;
    if (part->to - part->from > max_bytes)
        part->to = part->from + max_bytes;
    return PART;
}

/* 0 for what has been unmapped meanwhile, for which mincore fails. */
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
    if (!mshim_try_lock(&asking))
        return MSHIM_ABSENT;
    enum part next;
    while ((next = next_part(part.to, VECTOR_PAGES * page_bytes, &part)) == PART)
        resident += resident_pages(&part, page_bytes);
    const bool known = next == NO_PART && !overflown && resident > 0;
    mshim_unlock(&asking);
    return known ? resident * page_bytes : MSHIM_ABSENT;
}

void mshim_regions_fork_child(void) {
    mshim_lock_reset(&lock);
    mshim_lock_reset(&asking);
}
