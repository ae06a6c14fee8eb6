/* SPDX-License-Identifier: MIT */
#include "library/large_blocks/large_blocks.h"

#include "library/counters/kernel_calls.h"
#include "library/large_blocks/cache.h"
#include "shared/base/secret.h"

#include <errno.h>
#include <mshim.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    HEADER_BYTES = sizeof(struct mshim_large_header),
    MAX_BLOCKS = 16384, /* the kernel allows a process 65,530 mappings in all */
    /* A block that grew is likely to grow again: so much more is mapped, and not touched. */
    SLACK_SHARE = 8,
    MAX_SLACK_BYTES = 64 << 20,
    /* Kept memory that a block that is expected to grow gets, at most. */
    MAX_ROOM_BYTES = 32 << 20,
    /* Up to this size memory that was used before is cleared by hand, not by the kernel. */
    MAX_CLEARED_BYTES = 4 << 20,
};

uintptr_t mshim_large_secret;
void (*mshim_large_before_mapping)(size_t bytes);

static size_t page_bytes;
static _Atomic(size_t) block_count;

void mshim_large_start(void) {
    page_bytes = getauxval(AT_PAGESZ);
    mshim_large_secret = (uintptr_t)mshim_secret('l');
}

static size_t whole_pages(size_t bytes) {
    return (bytes + page_bytes - 1) & ~(page_bytes - 1);
}

/* What a block takes; 0: too much. */
static size_t bytes_for(size_t size) {
    return size <= PTRDIFF_MAX - HEADER_BYTES - page_bytes ? whole_pages(size + HEADER_BYTES) : 0;
}

static void *make_block(struct mshim_large_mapping mapping, size_t used_bytes) {
    void *block = mapping.start + HEADER_BYTES;
    struct mshim_large_header *header = mshim_large_header(block);
    header->mapped_bytes = mapping.bytes;
    header->usable_bytes = used_bytes - HEADER_BYTES;
    header->mark = mshim_large_mark(block);
    return block;
}

static struct mshim_large_mapping mapping_of(void *block) {
    return (struct mshim_large_mapping){(char *)block - HEADER_BYTES,
                                        mshim_large_header(block)->mapped_bytes};
}

static void before_mapping(size_t bytes) {
    if (mshim_large_before_mapping)
        mshim_large_before_mapping(bytes);
}

static struct mshim_large_mapping map(size_t bytes) {
    before_mapping(bytes);
    void *start = mshim_kernel_mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return start == MAP_FAILED ? (struct mshim_large_mapping){NULL, 0}
                               : (struct mshim_large_mapping){start, bytes};
}

/* In place, or moved; false: nothing has changed. */
static bool remap(struct mshim_large_mapping *mapping, size_t bytes) {
    if (bytes > mapping->bytes)
        before_mapping(bytes - mapping->bytes);
    void *start = mshim_kernel_mremap(mapping->start, mapping->bytes, bytes, MREMAP_MAYMOVE);
    if (start == MAP_FAILED)
        return false;
    *mapping = (struct mshim_large_mapping){start, bytes};
    return true;
}

/* A kept mapping of at least that size; what it is short of comes from the kernel. */
static struct mshim_large_mapping take_kept(size_t bytes, size_t max_bytes) {
    struct mshim_large_mapping mapping = mshim_large_cache_take(bytes, max_bytes);
    if (mapping.start && mapping.bytes < bytes && !remap(&mapping, bytes)) {
        mshim_large_cache_put(mapping);
        mapping.start = NULL;
    }
    return mapping;
}

/* One more block; false: there are too many. */
static bool reserve_block(void) {
    if (atomic_fetch_add_explicit(&block_count, 1, memory_order_relaxed) < MAX_BLOCKS)
        return true;
    atomic_fetch_sub_explicit(&block_count, 1, memory_order_relaxed);
    return false;
}

static void *new_block(size_t size, bool zeroed, bool growing) {
    const size_t bytes = bytes_for(size);
    if (bytes == 0 || mshim_large_secret == 0 || !reserve_block())
        return NULL;
    const int saved = errno;
    struct mshim_large_mapping mapping =
        take_kept(bytes, growing && bytes < MAX_ROOM_BYTES ? MAX_ROOM_BYTES : bytes);
    if (mapping.start && zeroed) {
        if (bytes <= MAX_CLEARED_BYTES ||
            mshim_kernel_madvise(mapping.start, mapping.bytes, MADV_DONTNEED) != 0)
            memset(mapping.start + HEADER_BYTES, 0, bytes - HEADER_BYTES);
    }
    if (!mapping.start)
        mapping = map(bytes);
    errno = saved;
    if (!mapping.start) {
        atomic_fetch_sub_explicit(&block_count, 1, memory_order_relaxed);
        return NULL;
    }
    mshim_large_cache_live_changed((ptrdiff_t)mapping.bytes);
    return make_block(mapping, bytes);
}

void *mshim_large_malloc(size_t size) {
    return new_block(size, false, false);
}

void *mshim_large_malloc_growing(size_t size) {
    return new_block(size, false, true);
}

void *mshim_large_calloc(size_t size) {
    return new_block(size, true, false);
}

void mshim_large_free(void *block) {
    const int saved = errno;
    const struct mshim_large_mapping mapping = mapping_of(block);
    mshim_large_header(block)->mark = ~mshim_large_mark(block);
    atomic_fetch_sub_explicit(&block_count, 1, memory_order_relaxed);
    mshim_large_cache_live_changed(-(ptrdiff_t)mapping.bytes);
    mshim_large_cache_put(mapping);
    errno = saved;
}

static void *grow(void *block, size_t bytes) {
    struct mshim_large_mapping mapping = mapping_of(block);
    if (bytes > mapping.bytes) {
        const size_t slack = bytes / SLACK_SHARE < MAX_SLACK_BYTES ? bytes / SLACK_SHARE : MAX_SLACK_BYTES;
        const size_t old_bytes = mapping.bytes;
        if (!remap(&mapping, whole_pages(bytes + slack)) && !remap(&mapping, bytes))
            return NULL;
        mshim_large_cache_live_changed((ptrdiff_t)(mapping.bytes - old_bytes));
    }
    return make_block(mapping, bytes);
}

static void *shrink(void *block, size_t bytes) {
    struct mshim_large_mapping mapping = mapping_of(block);
    const size_t old_bytes = mapping.bytes;
    if (!remap(&mapping, bytes))
        return block;
    mshim_large_cache_live_changed((ptrdiff_t)bytes - (ptrdiff_t)old_bytes);
    return make_block(mapping, bytes);
}

void *mshim_large_realloc(void *block, size_t size) {
    const size_t bytes = bytes_for(size), usable = mshim_large_usable_bytes(block);
    if (bytes == 0)
        return NULL;
    if (size <= usable && size >= usable - usable / 8)
        return block;
    const int saved = errno;
    void *resized = size > usable ? grow(block, bytes) : shrink(block, bytes);
    errno = saved;
    return resized;
}

bool mshim_large_trim(void) {
    const int saved = errno;
    const bool given_back = mshim_large_cache_clear();
    errno = saved;
    return given_back;
}

void mshim_large_trim_expired(void) {
    const int saved = errno;
    mshim_large_cache_clear_expired();
    errno = saved;
}

uint64_t mshim_large_retained_bytes(void) {
    return mshim_large_cache_bytes();
}

void mshim_large_set_retained_limit(size_t bytes) {
    mshim_large_cache_set_limit(bytes);
}

void mshim_large_fork_before(void) {
    mshim_large_cache_fork_before();
}

void mshim_large_fork_after(void) {
    mshim_large_cache_fork_after();
}
