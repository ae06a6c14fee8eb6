/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_HARDENING_FREE_MARK_H
#define MSHIM_LIBRARY_HARDENING_FREE_MARK_H

/*
 * Double frees, found for the price of one word: a freed block carries a mark in its second word, which only a
 * block of this very address can carry, and which goes when the block is given out again. A free that meets
 * the mark frees a block that is free.
 *
 * No allocator here writes beyond the first word of a free block. Memory that goes back to the kernel and
 * comes again is zeros, without a mark: then a double free goes unseen here. A program that happens to have
 * stored this value in its block would be ended for nothing; the secret makes that one in 2^64.
 */

#include "library/hardening/fatal.h"
#include "shared/base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

/* Smaller blocks have no second word: a hardened allocator is never asked for less. */
enum { MSHIM_MARKED_MIN_BYTES = 16 };

/* Random, chosen at start; 0: blocks are not marked. */
extern uint64_t mshim_free_mark_secret MSHIM_HIDDEN;

static MSHIM_ALWAYS_INLINE uint64_t *mshim_free_mark_of(void *block) {
    return (uint64_t *)block + 1;
}

static MSHIM_ALWAYS_INLINE uint64_t mshim_free_mark_value(const void *block) {
    return (uint64_t)(uintptr_t)block ^ mshim_free_mark_secret;
}

/* All of these are for blocks of MSHIM_MARKED_MIN_BYTES or more. */

static MSHIM_ALWAYS_INLINE bool mshim_is_marked_free(void *block) {
    return *mshim_free_mark_of(block) == mshim_free_mark_value(block);
}

/* The block is about to be freed. */
static MSHIM_ALWAYS_INLINE void mshim_mark_free(void *block) {
    *mshim_free_mark_of(block) = mshim_free_mark_value(block);
}

/* The block is about to be given out. Its contents are undefined, so clearing a word of it is allowed. */
static MSHIM_ALWAYS_INLINE void mshim_unmark(void *block) {
    *mshim_free_mark_of(block) = 0;
}

void mshim_free_mark_start(void);

#endif
