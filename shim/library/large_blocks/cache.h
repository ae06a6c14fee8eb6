/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_LARGE_BLOCKS_CACHE_H
#define MSHIM_LIBRARY_LARGE_BLOCKS_CACHE_H

/*
 * Freed mappings that are kept, pages and all, for the next block: making and dropping a block of some megabytes
 * would otherwise be paid for in page faults each time. Bounded in bytes, so that it adds nothing to the most that
 * blocks have taken at once, and in time: what was not used again is unmapped by whichever call comes later.
 *
 * Nobody waits for long for the lock but fork: who does not get it goes to the kernel. So a signal handler, or a child of a
 * clone that ran no handlers, cannot hang here.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mshim_large_mapping {
    char *start; /* NULL: none */
    size_t bytes;
};

/* The best one for a block that takes so many bytes: larger, and cut to at most `max_bytes`, or smaller, and to be
 * grown. */
struct mshim_large_mapping mshim_large_cache_take(size_t bytes, size_t max_bytes);

/* Keeps the mapping, or unmaps it. */
void mshim_large_cache_put(struct mshim_large_mapping mapping);

/* Unmaps all; true if there was any. */
bool mshim_large_cache_clear(void);

/* Unmaps what was not used again in time. */
void mshim_large_cache_clear_expired(void);

size_t mshim_large_cache_bytes(void);

/* Blocks take so many bytes more, or fewer: what is kept stays below the difference to the most they have taken. */
void mshim_large_cache_live_changed(ptrdiff_t bytes);

/* Before there are threads. */
void mshim_large_cache_set_limit(size_t bytes);

void mshim_large_cache_fork_before(void);
void mshim_large_cache_fork_after(void);

#endif
