/* SPDX-License-Identifier: MIT */
/* The variant that every x86-64 CPU has. */
#include "library/libc/string/dispatch.h"
#include "library/libc/string/x86_64/baseline.h"
#include "library/libc/string/x86_64/cpu.h"

typedef __m128i vector;
enum { VECTOR = 16 };

typedef vector pattern; /* a byte or wide character in all lanes */

#define FUNCTION(name) name##_sse2

ALWAYS_INLINE vector load(const char *at) {
    return load_16(at);
}

ALWAYS_INLINE void store(char *at, vector v) {
    store_16(at, v);
}

ALWAYS_INLINE void store_aligned(char *at, vector v) {
    _mm_store_si128((vector *)(void *)at, v);
}

ALWAYS_INLINE void store_past_caches(char *at, vector v) {
    _mm_stream_si128((vector *)(void *)at, v);
}

ALWAYS_INLINE void fence(void) {
    _mm_sfence();
}

ALWAYS_INLINE vector splat(char byte) {
    return _mm_set1_epi8(byte);
}

ALWAYS_INLINE pattern pattern_of(char byte) {
    return splat(byte);
}

ALWAYS_INLINE pattern pattern_of_wide(wchar_t wide) {
    return _mm_set1_epi32((int)wide);
}

/* A bit for each byte of four vectors of 0 and -1. */
ALWAYS_INLINE uint64_t bits_of(vector a, vector b, vector c, vector d) {
    uint64_t low = (uint32_t)_mm_movemask_epi8(a) | (uint32_t)_mm_movemask_epi8(b) << 16;
    uint64_t high = (uint32_t)_mm_movemask_epi8(c) | (uint32_t)_mm_movemask_epi8(d) << 16;
    return low | high << 32;
}

#define BITS_OF_BLOCK(at, test)                                                                              \
    bits_of(test(load(at)), test(load((at) + 16)), test(load((at) + 32)), test(load((at) + 48)))

ALWAYS_INLINE uint64_t block_equal(const char *at, pattern needle) {
#define TEST(v) _mm_cmpeq_epi8(v, needle)
    return BITS_OF_BLOCK(at, TEST);
#undef TEST
}

ALWAYS_INLINE uint64_t block_zero(const char *at) {
    return block_equal(at, _mm_setzero_si128());
}

/* In a register: compilers else load it anew for each use. */
ALWAYS_INLINE vector kept(vector v) {
    __asm__("" : "+x"(v));
    return v;
}

/* Zero where a byte is the needle or zero. */
ALWAYS_INLINE vector zero_where_found(vector v, pattern needle) {
    return _mm_min_epu8(v, _mm_xor_si128(v, needle));
}

ALWAYS_INLINE uint64_t block_equal_or_zero(const char *at, pattern needle) {
#define TEST(v) _mm_cmpeq_epi8(zero_where_found(v, needle), _mm_setzero_si128())
    return BITS_OF_BLOCK(at, TEST);
#undef TEST
}

ALWAYS_INLINE uint64_t block_equal_wide(const char *at, pattern needle) {
    vector a = _mm_cmpeq_epi32(load(at), needle), b = _mm_cmpeq_epi32(load(at + 16), needle);
    vector c = _mm_cmpeq_epi32(load(at + 32), needle), d = _mm_cmpeq_epi32(load(at + 48), needle);
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d)));
}

ALWAYS_INLINE uint64_t block_differs(const char *a, const char *b) {
#define TEST(i) _mm_cmpeq_epi8(load(a + i), load(b + i))
    return ~bits_of(TEST(0), TEST(16), TEST(32), TEST(48));
#undef TEST
}

ALWAYS_INLINE vector zero_where_differs_or_ends(const char *a, const char *b) {
    vector v = kept(load(a));
    return _mm_min_epu8(v, _mm_cmpeq_epi8(v, load(b)));
}

ALWAYS_INLINE uint64_t block_differs_or_ends(const char *a, const char *b) {
#define TEST(i) _mm_cmpeq_epi8(zero_where_differs_or_ends(a + i, b + i), _mm_setzero_si128())
    return bits_of(TEST(0), TEST(16), TEST(32), TEST(48));
#undef TEST
}

ALWAYS_INLINE bool any_bit(vector v) {
    return _mm_movemask_epi8(v) != 0;
}

ALWAYS_INLINE bool any_zero(vector v) {
    return any_bit(_mm_cmpeq_epi8(v, _mm_setzero_si128()));
}

/* combine(test of each vector of a pair of blocks) */
#define OVER_PAIR(combine, test)                                                                             \
    combine(combine(combine(test(0), test(16)), combine(test(32), test(48))),                                \
            combine(combine(test(64), test(80)), combine(test(96), test(112))))

ALWAYS_INLINE bool pair_has_equal(const char *at, pattern needle) {
#define TEST(i) _mm_cmpeq_epi8(load(at + i), needle)
    return any_bit(OVER_PAIR(_mm_or_si128, TEST));
#undef TEST
}

ALWAYS_INLINE bool pair_has_equal_wide(const char *at, pattern needle) {
#define TEST(i) _mm_cmpeq_epi32(load(at + i), needle)
    return any_bit(OVER_PAIR(_mm_or_si128, TEST));
#undef TEST
}

ALWAYS_INLINE bool pair_has_zero(const char *at) {
#define TEST(i) load(at + i)
    return any_zero(OVER_PAIR(_mm_min_epu8, TEST));
#undef TEST
}

ALWAYS_INLINE bool pair_has_equal_or_zero(const char *at, pattern needle) {
#define TEST(i) zero_where_found(kept(load(at + i)), needle)
    return any_zero(OVER_PAIR(_mm_min_epu8, TEST));
#undef TEST
}

ALWAYS_INLINE bool pair_differs(const char *a, const char *b) {
#define TEST(i) _mm_cmpeq_epi8(load(a + i), load(b + i))
    return _mm_movemask_epi8(OVER_PAIR(_mm_and_si128, TEST)) != 0xffff;
#undef TEST
}

ALWAYS_INLINE bool pair_differs_or_ends(const char *a, const char *b) {
#define TEST(i) zero_where_differs_or_ends(a + i, b + i)
    return any_zero(OVER_PAIR(_mm_min_epu8, TEST));
#undef TEST
}

#include "library/libc/string/compare_template.h"
#include "library/libc/string/copy_template.h"
#include "library/libc/string/find_template.h"

#define VARIANT_NAME      "sse2"
#define VARIANT_TABLE     mshim_memfuncs_sse2
#define VARIANT_SUPPORTED mshim_cpu_has_sse2
#include "library/libc/string/variant_template.h"
