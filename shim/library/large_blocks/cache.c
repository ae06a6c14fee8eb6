/* SPDX-License-Identifier: MIT */
#include "library/large_blocks/cache.h"

#include "library/counters/kernel_calls.h"
#include "shared/base/attributes.h"
#include "shared/base/clock.h"
#include "shared/base/lock.h"

#include <stdatomic.h>
#include <time.h>

enum {
    ENTRIES = 32,
    MIN_REST_BYTES = 128 << 10, /* a smaller rest of a mapping stays with the block */
    GROWS_FROM_SHARE = 4,       /* a mapping is worth being grown from this part of what is needed on */
};
static const uint64_t KEPT_NS = MSHIM_NS_PER_SECOND / 2;

struct entry {
    struct mshim_large_mapping mapping;
    uint64_t since_ns;
};

/* In the order of time, the oldest first. */
static struct entry entries[ENTRIES];
static size_t count;
static _Atomic(size_t) kept_bytes; /* changed with the lock held */
static _Atomic(size_t) live_bytes, peak_live_bytes;
static size_t limit_bytes = 64 << 20;
static MSHIM_WRITTEN_AT_FORK struct mshim_lock lock;

/* The holder needs less time than a call of the kernel takes; it may be what this signal handler interrupts. */
static bool take_lock(void) {
    enum { TRIES = 50 };
    for (int i = 0; i < TRIES; i++) {
        if (mshim_try_lock(&lock))
            return true;
#if defined __x86_64__
        __builtin_ia32_pause();
#endif
    }
    return false;
}

static void remove_entry(size_t index) {
    kept_bytes -= entries[index].mapping.bytes;
    count--;
    for (; index < count; index++)
        entries[index] = entries[index + 1];
}

static void add_entry(struct mshim_large_mapping mapping, uint64_t now_ns) {
    entries[count++] = (struct entry){mapping, now_ns};
    kept_bytes += mapping.bytes;
}

/* What has to go, unmapped when the lock is free again. */
struct removed {
    struct mshim_large_mapping mappings[ENTRIES + 1];
    size_t count;
};

static void remove_oldest(struct removed *removed) {
    removed->mappings[removed->count++] = entries[0].mapping;
    remove_entry(0);
}

static void remove_expired(struct removed *removed, uint64_t now_ns) {
    while (count > 0 && now_ns - entries[0].since_ns > KEPT_NS)
        remove_oldest(removed);
}

/* Until no more is kept than that; the last one is cut. */
static void remove_beyond(struct removed *removed, size_t bytes) {
    while (count > 0 && kept_bytes > bytes) {
        const size_t excess = kept_bytes - bytes;
        struct mshim_large_mapping *const oldest = &entries[0].mapping;
        if (oldest->bytes < excess + MIN_REST_BYTES) {
            remove_oldest(removed);
        } else {
            oldest->bytes -= excess;
            kept_bytes -= excess;
            removed->mappings[removed->count++] =
                (struct mshim_large_mapping){oldest->start + oldest->bytes, excess};
        }
    }
}

/* What may be kept now. */
static size_t bound(void) {
    const size_t live = live_bytes, peak = peak_live_bytes, free = peak > live ? peak - live : 0;
    return free < limit_bytes ? free : limit_bytes;
}

static void unmap(const struct removed *removed) {
    for (size_t i = 0; i < removed->count; i++)
        mshim_kernel_munmap(removed->mappings[i].start, removed->mappings[i].bytes);
}

static uint64_t coarse_ns(void) {
    return mshim_clock_ns(CLOCK_MONOTONIC_COARSE);
}

/* The smallest that is large enough, else the largest. */
static size_t best_entry(size_t bytes) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++) {
        const size_t one = entries[i].mapping.bytes, other = entries[best].mapping.bytes;
        if (one >= bytes ? other < bytes || one < other : other < bytes && one > other)
            best = i;
    }
    return best;
}

/* The largest up to `max_bytes`, else the largest of all. */
static size_t largest_entry(size_t max_bytes) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++) {
        const size_t one = entries[i].mapping.bytes, other = entries[best].mapping.bytes;
        if (one > max_bytes ? other > max_bytes && one > other : other > max_bytes || one > other)
            best = i;
    }
    return best;
}

static struct mshim_large_mapping take(size_t bytes, size_t max_bytes) {
    struct mshim_large_mapping mapping = {NULL, 0};
    if (count == 0)
        return mapping;
    const size_t index = max_bytes > bytes ? largest_entry(max_bytes) : best_entry(bytes);
    struct mshim_large_mapping *const best = &entries[index].mapping;
    if (best->bytes < bytes / GROWS_FROM_SHARE)
        return mapping;
    mapping = *best;
    if (mapping.bytes < max_bytes + MIN_REST_BYTES) {
        remove_entry(index);
    } else {
        mapping.bytes = max_bytes;
        best->start += max_bytes;
        best->bytes -= max_bytes;
        kept_bytes -= max_bytes;
    }
    return mapping;
}

struct mshim_large_mapping mshim_large_cache_take(size_t bytes, size_t max_bytes) {
    struct mshim_large_mapping mapping = {NULL, 0};
    struct removed removed = {.count = 0};
    if (kept_bytes == 0 || !take_lock())
        return mapping;
    mapping = take(bytes, max_bytes);
    remove_expired(&removed, coarse_ns());
    mshim_unlock(&lock);
    unmap(&removed);
    return mapping;
}

void mshim_large_cache_put(struct mshim_large_mapping mapping) {
    struct removed removed = {.count = 0};
    const bool kept = mapping.bytes <= limit_bytes && take_lock();
    if (kept) {
        const uint64_t now_ns = coarse_ns();
        remove_expired(&removed, now_ns);
        if (count == ENTRIES)
            remove_oldest(&removed);
        add_entry(mapping, now_ns);
        remove_beyond(&removed, bound());
        mshim_unlock(&lock);
    } else {
        removed.mappings[removed.count++] = mapping;
    }
    unmap(&removed);
}

void mshim_large_cache_clear_expired(void) {
    struct removed removed = {.count = 0};
    if (kept_bytes == 0 || !mshim_try_lock(&lock))
        return;
    remove_expired(&removed, coarse_ns());
    mshim_unlock(&lock);
    unmap(&removed);
}

bool mshim_large_cache_clear(void) {
    struct removed removed = {.count = 0};
    if (kept_bytes == 0 || !mshim_try_lock(&lock))
        return false;
    while (count > 0)
        remove_oldest(&removed);
    mshim_unlock(&lock);
    unmap(&removed);
    return removed.count > 0;
}

void mshim_large_cache_live_changed(ptrdiff_t bytes) {
    struct removed removed = {.count = 0};
    const size_t now = atomic_fetch_add(&live_bytes, (size_t)bytes) + (size_t)bytes;
    if (now > peak_live_bytes)
        peak_live_bytes = now; /* a race makes it too small by a block of another thread: less is kept */
    if (kept_bytes <= bound() || !mshim_try_lock(&lock))
        return;
    remove_beyond(&removed, bound());
    mshim_unlock(&lock);
    unmap(&removed);
}

size_t mshim_large_cache_bytes(void) {
    return kept_bytes;
}

void mshim_large_cache_set_limit(size_t bytes) {
    limit_bytes = bytes < limit_bytes ? bytes : limit_bytes;
}

void mshim_large_cache_fork_before(void) {
    mshim_lock(&lock);
}

void mshim_large_cache_fork_after(void) {
    mshim_unlock(&lock);
}
