/* SPDX-License-Identifier: MIT */
/* What the templates for finding, comparing and copying share. To be included before them, by the file of an
 * instruction set. */
#ifndef MSHIM_LIBRARY_LIBC_STRING_BLOCKS_H
#define MSHIM_LIBRARY_LIBC_STRING_BLOCKS_H

#include "library/libc/string/memfuncs.h"

#include <stdint.h>
#include <wchar.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline, unused))

/* PAGE is the smallest page size; where pages are larger, some blocks are taken to cross one that do not. */
enum { BLOCK = 64, PAIR = 2 * BLOCK, PAGE = 4096 };

typedef uint64_t unaligned_8 __attribute__((aligned(1), may_alias));
typedef uint32_t unaligned_4 __attribute__((aligned(1), may_alias));

ALWAYS_INLINE uint64_t load_8(const void *at) {
    return *(const unaligned_8 *)at;
}

ALWAYS_INLINE uint32_t load_4(const void *at) {
    return *(const unaligned_4 *)at;
}

ALWAYS_INLINE void store_8(void *at, uint64_t value) {
    *(unaligned_8 *)at = value;
}

ALWAYS_INLINE void store_4(void *at, uint32_t value) {
    *(unaligned_4 *)at = value;
}

/* Do any of these bytes lie in the next page? */
ALWAYS_INLINE bool crosses_page_within(const char *at, size_t bytes) {
    return (uintptr_t)at % PAGE > PAGE - bytes;
}

ALWAYS_INLINE bool crosses_page(const char *at) {
    return crosses_page_within(at, BLOCK);
}

ALWAYS_INLINE const char *align_down(const char *at, size_t to) {
    return (const char *)((uintptr_t)at & -(uintptr_t)to);
}

ALWAYS_INLINE const char *align_up(const char *at, size_t to) {
    return align_down(at + to - 1, to);
}

ALWAYS_INLINE size_t bit_scan(uint64_t mask) {
    return (size_t)__builtin_ctzll(mask);
}

ALWAYS_INLINE size_t top_bit(uint64_t mask) {
    return 63 - (size_t)__builtin_clzll(mask);
}

/* The bits of the first n bytes of a block, 0 < n <= 64. */
ALWAYS_INLINE uint64_t first_bits(uint64_t mask, size_t n) {
    return mask & (~(uint64_t)0 >> (BLOCK - n));
}

#endif
