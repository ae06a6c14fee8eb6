/* SPDX-License-Identifier: MIT */
/*
 * What every x86-64 CPU can do, for all variants and for entry.c, which does not know the CPU: copies and
 * fills of up to 64 bytes, and choices without a branch. Those are by hand, since compilers make branches of
 * them, which would be missed as often as a byte is found or not.
 */
#ifndef MSHIM_LIBRARY_LIBC_STRING_X86_64_BASELINE_H
#define MSHIM_LIBRARY_LIBC_STRING_X86_64_BASELINE_H

#include "library/libc/string/blocks.h"
#include "library/libc/string/dispatch.h"

#include <emmintrin.h>

enum { SMALL = MSHIM_MEMFUNCS_SMALL_BYTES };

ALWAYS_INLINE __m128i load_16(const char *at) {
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

ALWAYS_INLINE void store_16(char *at, __m128i value) {
    _mm_storeu_si128((__m128i *)(void *)at, value);
}

/* The number of zeros below the lowest bit; `otherwise` if there is no bit. */
ALWAYS_INLINE size_t bit_scan_or(uint64_t mask, size_t otherwise) {
    size_t at;
#ifdef __BMI__
    if (otherwise == 64)
        return __builtin_ia32_tzcnt_u64(mask);
    if (otherwise == 0)
        return __builtin_ia32_tzcnt_u64(mask) % 64;
#endif
    __asm__("bsf %[mask], %[at]\n\tcmovz %[otherwise], %[at]"
            : [at] "=&r"(at)
            : [mask] "r"(mask), [otherwise] "r"(otherwise)
            : "cc");
    return at;
}

/* `found` if there is a bit in the mask, else NULL. */
ALWAYS_INLINE void *if_any(uint64_t mask, const char *found) {
    void *result = NULL;
    __asm__("test %[mask], %[mask]\n\tcmovnz %[found], %[result]"
            : [result] "+&r"(result)
            : [mask] "r"(mask), [found] "r"(found)
            : "cc");
    return result;
}

/* `found` if at < end, else NULL. */
ALWAYS_INLINE void *if_below(size_t at, size_t end, const char *found) {
    void *result = NULL;
    __asm__("cmp %[end], %[at]\n\tcmovb %[found], %[result]"
            : [result] "+&r"(result)
            : [at] "r"(at), [end] "r"(end), [found] "r"(found)
            : "cc");
    return result;
}

/* Leaves *mask and *at if there is a bit in the mask, else makes them the other ones. */
ALWAYS_INLINE void or_else(uint64_t *mask, size_t *at, uint64_t other_mask, size_t other_at) {
    __asm__("test %[mask], %[mask]\n\tcmovz %[other_mask], %[mask]\n\tcmovz %[other_at], %[at]"
            : [mask] "+&r"(*mask), [at] "+&r"(*at)
            : [other_mask] "r"(other_mask), [other_at] "r"(other_at)
            : "cc");
}

/* Where the second of four pieces of 16 begins, for 16 < n <= 64: at 0, as the first, up to 32 bytes. */
ALWAYS_INLINE size_t inner_16(size_t n) {
    return (n - 1) / 2 & 16;
}

/*
 * A word of 8 or 16 bytes is loaded and stored by words, so that what the program does next with it is served
 * from the store buffer; a masked vector would make it wait for the stores to retire (measured: 3.2 against
 * 9 ns). The branches are laid out for the short sizes, which are what programs copy most, and mostly the
 * same again: without a branch on 8, sizes at random are faster (0.55 against 0.70 of glibc's time for 1 to
 * 16 bytes), but those of a program slower (1.11 against 1.00 for the join of short strings).
 */
ALWAYS_INLINE void copy_small(char *to, const char *from, size_t n) {
    if (unlikely(n > 16)) {
        size_t inner = inner_16(n);
        __m128i a = load_16(from), b = load_16(from + inner), c = load_16(from + n - 16 - inner),
                d = load_16(from + n - 16);
        store_16(to, a), store_16(to + inner, b), store_16(to + n - 16 - inner, c), store_16(to + n - 16, d);
    } else if (likely(n >= 4)) {
        if (likely(n >= 8)) {
            uint64_t a = load_8(from), b = load_8(from + n - 8);
            store_8(to, a), store_8(to + n - 8, b);
        } else {
            uint32_t a = load_4(from), b = load_4(from + n - 4);
            store_4(to, a), store_4(to + n - 4, b);
        }
    } else if (n) {
        char a = from[0], b = from[n / 2], c = from[n - 1];
        to[0] = a, to[n / 2] = b, to[n - 1] = c;
    }
}

/* For 4 to 16 bytes without a branch: four bytes at either end, and eight at either end if there are eight,
 * else to a scratch. */
#define WORDS_OR_SCRATCH(first, last, n, scratch)                                                            \
    __asm__("cmp $8, %[size]\n\t"                                                                            \
            "cmovb %[other], %[one]\n\t"                                                                     \
            "cmovb %[other], %[two]"                                                                         \
            : [one] "+&r"(first), [two] "+&r"(last)                                                          \
            : [size] "r"(n), [other] "r"(scratch)                                                            \
            : "cc")

ALWAYS_INLINE void set_small(char *to, int byte, size_t n) {
    if (n > 16) {
        size_t inner = inner_16(n);
        __m128i v = _mm_set1_epi8((char)byte);
        store_16(to, v), store_16(to + inner, v), store_16(to + n - 16 - inner, v), store_16(to + n - 16, v);
    } else if (likely(n >= 4)) {
        char scratch[8];
        uint64_t v = (unsigned char)byte * (uint64_t)0x0101010101010101;
        char *first = to, *last = to + n - 8;
        WORDS_OR_SCRATCH(first, last, n, scratch);
        store_4(to, (uint32_t)v), store_4(to + n - 4, (uint32_t)v);
        store_8(first, v), store_8(last, v);
    } else if (n)
        to[0] = to[n / 2] = to[n - 1] = (char)byte;
}

#endif
