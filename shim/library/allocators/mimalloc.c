/* SPDX-License-Identifier: MIT */
/*
 * mimalloc 2 or 3, whole in this file, so that its fast paths become part of the entry points. Its source
 * folder is given by CMake.
 */
#include "library/counters/kernel_calls.h"
#include "shared/base/clock.h"

#include <stdbool.h>
#include <stdint.h>

/* mimalloc's map of its segments ends here; it asks for lower addresses as long as there are some. */
#define UNKNOWN_FROM_ADDRESS ((uintptr_t)20 << 40)
static bool has_unknown_segments;

/*
 * What mimalloc reserves without access, to make parts of it accessible one by one, is accessible at once: a strict
 * sandbox has no mprotect. Such memory is touched bit by bit, and a huge page would back all of it.
 */
static void *map(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    const bool reserved = protection == PROT_NONE;
    void *mapped = mshim_kernel_mmap(address, length, PROT_READ | PROT_WRITE,
                                     flags | (reserved ? MAP_NORESERVE : 0), fd, offset);
    if (mapped == MAP_FAILED)
        return mapped;
    if (reserved)
        (void)mshim_kernel_madvise(mapped, length, MADV_NOHUGEPAGE);
    if ((uintptr_t)mapped + length > UNKNOWN_FROM_ADDRESS)
        __atomic_store_n(&has_unknown_segments, true, __ATOMIC_RELAXED);
    return mapped;
}
#undef mmap
#undef mprotect
#define mmap(...)                             MSHIM_KEEP_ERRNO(map(__VA_ARGS__))
#define mprotect(address, length, protection) ((void)(address), (void)(length), (void)(protection), 0)

/* The libc's clock reads the cycle counter, which the process may have forbidden itself (shared/base/clock.h). */
static int read_clock(clockid_t clock, struct timespec *now) {
    *now = mshim_ns_timespec(mshim_clock_ns(clock));
    return 0;
}
#define clock_gettime(clock, now) MSHIM_KEEP_ERRNO(read_clock(clock, now))

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wunused-function"
/* It starts when it is selected, not in every process that has it linked in, and its end of process (a collection,
 * which asks the kernel for what a sandbox forbids) is left out: the kernel takes the memory back. */
#define constructor unused
#undef atexit
#define atexit(function) ((void)(function))
#include "static.c"
#undef constructor
#pragma GCC diagnostic pop

#include "library/allocators/allocator.h"
#include "shared/allocators/versions.h"

static inline void *backend_malloc(size_t size) {
    return mi_malloc(size);
}

static inline void *backend_calloc(size_t size) {
    return mi_zalloc(size);
}

/*
 * A large block that outgrows its place gets half as much again behind it, so that a buffer that grows step
 * by step is copied once in a while and not at every step. What is not touched of it is not resident.
 */
enum { GROWS_FROM_BYTES = 128 * 1024 };

static __attribute__((noinline)) void *realloc_large(void *block, size_t size) {
    const size_t usable = mi_usable_size(block);
    if (usable < GROWS_FROM_BYTES / 2 || size <= usable || size > PTRDIFF_MAX / 2)
        return mi_realloc(block, size);
    void *moved = mi_malloc(size + size / 2);
    if (!moved)
        return mi_realloc(block, size);
    memcpy(moved, block, usable);
    mi_free(block);
    return moved;
}

static inline void *backend_realloc(void *block, size_t size) {
    if (unlikely(size >= GROWS_FROM_BYTES))
        return realloc_large(block, size);
    return mi_realloc(block, size);
}

/*
 * Before 2.1 a block of a size that is a multiple of its alignment is taken for aligned, and is not where its page
 * begins at an odd multiple of 128. One byte more leads to the path that aligns by itself.
 */
static inline void *backend_aligned(size_t alignment, size_t size) {
    enum { ALIGNED_PAGE_BYTES = 128 };
    const bool one_more = MI_MALLOC_VERSION < 210 && alignment > ALIGNED_PAGE_BYTES && size % alignment == 0;
    return mi_malloc_aligned(size + one_more, alignment);
}

static inline void backend_free(void *block) {
    mi_free(block);
}

static inline size_t backend_usable_size(const void *block) {
    return mi_usable_size(block);
}

/* The free parts of this thread's segments, which before 2.1 a collection leaves until their time has come.
 */
static void give_back_free_spans(void) {
#if MI_MALLOC_VERSION < 210
    mi_segments_tld_t *segments = &mi_heap_get_default()->tld->segments;
    for (size_t bin = 0; bin <= MI_SEGMENT_BIN_MAX; bin++)
        for (mi_slice_t *span = segments->spans[bin].first; span; span = span->next)
            mi_segment_delayed_decommit(_mi_ptr_segment(span), true, segments->stats);
#endif
}

static inline bool backend_trim(void) {
    mi_collect(true);
    give_back_free_spans();
    return true;
}

#if MI_MALLOC_VERSION < 210
/* NULL: it is in none. */
static inline const mi_segment_t *segment_of(const void *block) {
    const mi_segment_t *segment = _mi_ptr_segment(block);
    if (likely((uintptr_t)segment < UNKNOWN_FROM_ADDRESS))
        return _mi_segment_of(block);
    const bool may_be_one = __atomic_load_n(&has_unknown_segments, __ATOMIC_RELAXED);
    return may_be_one && segment->cookie == _mi_ptr_cookie(segment) ? segment : NULL;
}

static inline bool backend_owns(const void *block) {
    return (uintptr_t)block % sizeof(void *) == 0 && segment_of(block);
}

/* Whether `offset` is a multiple of the block size, without a division for the smaller ones (D. Lemire, O. Kaser, N. Kurz,
 * "Faster remainder by direct computation", 2019: n is a multiple of d if n * m mod 2^64 < m, with m = ceil(2^64 / d)). */
enum { MAX_TABLED_BLOCK_BYTES = 1024 };
static uint64_t reciprocals[MAX_TABLED_BLOCK_BYTES / sizeof(void *) + 1];

static void fill_reciprocals(void) {
    for (size_t i = 1; i < sizeof reciprocals / sizeof *reciprocals; i++)
        reciprocals[i] = UINT64_MAX / (i * sizeof(void *)) + 1;
}

static inline bool is_multiple(uint32_t offset, uint32_t block_bytes) {
    if (unlikely(block_bytes > MAX_TABLED_BLOCK_BYTES))
        return offset % block_bytes == 0;
    const uint64_t reciprocal = reciprocals[block_bytes / sizeof(void *)];
    return offset * reciprocal < reciprocal;
}

/* In one of mimalloc's segments, and where a block of its page begins. (Of blocks with an alignment of their own
 * any address of the block may be the one that was given out.) */
static inline bool backend_is_block(const void *block) {
    const mi_segment_t *segment = segment_of(block);
    if (!segment || (uintptr_t)block % sizeof(void *) != 0)
        return false;
    if (segment->kind == MI_SEGMENT_HUGE)
        return true;
    const mi_page_t *page = _mi_segment_page_of(segment, block);
    if (page->xblock_size == 0)
        return false;
    if (mi_page_has_aligned(page))
        return true;
    const uint8_t *start = _mi_page_start(segment, page, NULL);
    return (const uint8_t *)block >= start &&
           is_multiple((uint32_t)((const uint8_t *)block - start), page->xblock_size);
}
#else /* its segments are laid out in another way */
static inline bool backend_owns(const void *block) {
    return (uintptr_t)block % sizeof(void *) == 0 && mi_is_in_heap_region(block);
}

static inline bool backend_is_block(const void *block) {
    return backend_owns(block);
}

static void fill_reciprocals(void) {}
#endif

#define BACKEND_LARGE_BLOCKS 1
#define BACKEND_HARDENED     1
#include "library/allocators/entry_points_template.h"

static void print_statistics(void) {
    mi_stats_print(NULL);
}

/*
 * Freed memory is given back after half a second, as mimalloc does it with whole segments anyway, not after
 * 25 ms: a buffer that comes again with the next request would be paid for in page faults each time.
 * MIMALLOC_DECOMMIT_DELAY (from 2.1 on MIMALLOC_PURGE_DELAY) has the last word.
 */
static void start(void) {
    enum { GIVE_BACK_AFTER_MS = 500 };
#if MI_MALLOC_VERSION < 210
    mi_process_load();
#else
    mi_process_init();
#endif
    fill_reciprocals();
#if MI_MALLOC_VERSION >= 210
    mi_option_set_default(mi_option_purge_delay, GIVE_BACK_AFTER_MS);
#else
    mi_option_set_default(mi_option_decommit_delay, GIVE_BACK_AFTER_MS);
#endif
    if (mi_option_is_enabled(mi_option_show_stats) || mi_option_is_enabled(mi_option_verbose))
        mshim_atexit(print_statistics);
    mshim_large_start();
    mi_free(mi_malloc(1)); /* what it looks for at its first use changes errno, which is kept around here */
}

const struct mshim_allocator mshim_allocator_mimalloc = {
    .name = "mimalloc",
    .version = MSHIM_VERSION_MIMALLOC,
    .counted = &counted_entry_points,
    .plain = &plain_entry_points,
    .mappings_are_counted = true,
    .stays_in_place = true,
    .start = start,
    .fork_before = mshim_large_fork_before,
    .fork_parent = mshim_large_fork_after,
    .fork_child = mshim_large_fork_after,
};
