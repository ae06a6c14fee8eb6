/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_LARGE_BLOCKS_LARGE_BLOCKS_H
#define MSHIM_LIBRARY_LARGE_BLOCKS_LARGE_BLOCKS_H

/*
 * Large blocks: each is a mapping of its own, in front of allocators that would copy a block to let it grow. They
 * grow and shrink by mremap, which moves pages and copies nothing, and freed ones are kept for reuse within bounds
 * of size and time (cache.h).
 *
 * A block begins 64 bytes behind the start of its mapping; the header before it says how much is mapped, and bears
 * a mark that depends on the block's address and on a secret of the process. So a pointer is recognized by its
 * offset within the page, and only one in 64 others costs a look at the mark, which lies in the same page.
 *
 * Any thread may call any of these at any time; all keep errno. Where they return NULL, the allocator has its turn:
 * mappings may be exhausted where memory is not.
 */

#include "shared/base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MSHIM_LARGE_BLOCK_BYTES = 256 * 1024, /* blocks of this size and more */
    MSHIM_LARGE_BLOCK_ALIGNMENT = 64,     /* what they are aligned to */
};

struct mshim_large_header {
    char unused[MSHIM_LARGE_BLOCK_ALIGNMENT - 24];
    size_t mapped_bytes; /* from the header on; what lies behind the usable bytes is free for growth */
    size_t usable_bytes; /* of the block */
    uintptr_t mark;
};

/* Drawn by mshim_large_start; 0 until then: there is no large block. */
extern uintptr_t mshim_large_secret __attribute__((visibility("hidden")));

static inline struct mshim_large_header *mshim_large_header(const void *block) {
    return (struct mshim_large_header *)((uintptr_t)block - sizeof(struct mshim_large_header));
}

/* The mark of a block in use; that of a freed one, whose mapping is kept, is its complement. */
static MSHIM_ALWAYS_INLINE uintptr_t mshim_large_mark(const void *block) {
    return (uintptr_t)block ^ mshim_large_secret;
}

static MSHIM_ALWAYS_INLINE bool mshim_large_is_marked(const void *block, uintptr_t mark) {
    enum { SMALLEST_PAGE_BYTES = 4096 };
    return unlikely((uintptr_t)block % SMALLEST_PAGE_BYTES == sizeof(struct mshim_large_header)) &&
           mshim_large_header(block)->mark == mark;
}

static MSHIM_ALWAYS_INLINE bool mshim_large_is_mine(const void *block) {
    return mshim_large_is_marked(block, mshim_large_mark(block));
}

/* Was it a large block, which has been freed and whose mapping is kept? */
static MSHIM_ALWAYS_INLINE bool mshim_large_was_mine(const void *block) {
    return mshim_large_is_marked(block, ~mshim_large_mark(block));
}

static inline size_t mshim_large_usable_bytes(const void *block) {
    return mshim_large_header(block)->usable_bytes;
}

/* Before there are threads. */
void mshim_large_start(void);

/* A new block of MSHIM_LARGE_BLOCK_BYTES or more; one that is expected to grow may be given room that is kept. */
void *mshim_large_malloc(size_t size);
void *mshim_large_malloc_growing(size_t size);
void *mshim_large_calloc(size_t size);

/*
 * The block, of MSHIM_LARGE_BLOCK_BYTES or more, with its contents, in place or moved by pages. A block that has
 * room enough, and not an eighth more than that, is left alone, usable size and all. NULL: it is as it was, and
 * can only be copied.
 */
void *mshim_large_realloc(void *block, size_t size);

void mshim_large_free(void *block);

/* Gives back to the kernel what is kept for reuse; true if there was any. */
bool mshim_large_trim(void);

/* The same of what was not used again in time. Seldom needed: new blocks and freed ones do it, too. */
void mshim_large_trim_expired(void);
uint64_t mshim_large_retained_bytes(void);

/* The most that is kept (64 MiB; lowered under a cgroup's limit). */
void mshim_large_set_retained_limit(size_t bytes);

/* Around fork. */
void mshim_large_fork_before(void);
void mshim_large_fork_after(void);

/* Called before a block is mapped afresh, with its size; NULL: nothing (process/memory_pressure.c). */
extern void (*mshim_large_before_mapping)(size_t bytes) __attribute__((visibility("hidden")));

#endif
