/* SPDX-License-Identifier: MIT */
/* The variant for CPUs with AVX2 and BMI2, compiled for these. The compiler inserts vzeroupper where it is
 * needed. */
#include "library/libc/string/dispatch.h"
#include "library/libc/string/x86_64/cpu.h"
#include "library/libc/string/x86_64/vectors_32.h"

typedef vector pattern; /* a byte or wide character in all lanes */

#define FUNCTION(name) name##_avx2

ALWAYS_INLINE pattern pattern_of(char byte) {
    return splat(byte);
}

ALWAYS_INLINE pattern pattern_of_wide(wchar_t wide) {
    return _mm256_set1_epi32((int)wide);
}

/* A bit for each byte of two vectors of 0 and -1. */
ALWAYS_INLINE uint64_t bits_of(vector low, vector high) {
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

ALWAYS_INLINE uint64_t block_equal(const char *at, pattern needle) {
    return bits_of(_mm256_cmpeq_epi8(load(at), needle), _mm256_cmpeq_epi8(load(at + 32), needle));
}

ALWAYS_INLINE uint64_t block_zero(const char *at) {
    return block_equal(at, _mm256_setzero_si256());
}

/* Zero where a byte is the needle or zero. */
ALWAYS_INLINE vector zero_where_found(vector v, pattern needle) {
    return _mm256_min_epu8(v, _mm256_xor_si256(v, needle));
}

ALWAYS_INLINE vector is_zero(vector v) {
    return _mm256_cmpeq_epi8(v, _mm256_setzero_si256());
}

ALWAYS_INLINE uint64_t block_equal_or_zero(const char *at, pattern needle) {
    return bits_of(is_zero(zero_where_found(load(at), needle)),
                   is_zero(zero_where_found(load(at + 32), needle)));
}

ALWAYS_INLINE uint64_t block_equal_wide(const char *at, pattern needle) {
    vector low = _mm256_cmpeq_epi32(load(at), needle), high = _mm256_cmpeq_epi32(load(at + 32), needle);
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(low)) |
           (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(high)) << 8;
}

ALWAYS_INLINE uint64_t block_differs(const char *a, const char *b) {
    return ~bits_of(_mm256_cmpeq_epi8(load(a), load(b)), _mm256_cmpeq_epi8(load(a + 32), load(b + 32)));
}

/* Zero where the bytes differ or end the strings. */
ALWAYS_INLINE vector equal_and_goes_on(const char *a, const char *b) {
    vector v = kept(load(a));
    return _mm256_min_epu8(v, _mm256_cmpeq_epi8(v, load(b)));
}

ALWAYS_INLINE uint64_t block_differs_or_ends(const char *a, const char *b) {
    return bits_of(is_zero(equal_and_goes_on(a, b)), is_zero(equal_and_goes_on(a + 32, b + 32)));
}

#define HEAD 32

ALWAYS_INLINE uint64_t head_equal(const char *at, pattern needle) {
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load(at), needle));
}

ALWAYS_INLINE uint64_t head_equal_wide(const char *at, pattern needle) {
    return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(load(at), needle)));
}

ALWAYS_INLINE uint64_t head_differs_or_ends(const char *a, const char *b) {
    return (uint32_t)_mm256_movemask_epi8(is_zero(equal_and_goes_on(a, b)));
}

ALWAYS_INLINE bool any_bit(vector v) {
    return _mm256_movemask_epi8(v) != 0;
}

/* combine(test of each vector of a pair of blocks) */
#define OVER_PAIR(combine, test) combine(combine(test(0), test(32)), combine(test(64), test(96)))

ALWAYS_INLINE bool pair_has_equal(const char *at, pattern needle) {
#define TEST(i) _mm256_cmpeq_epi8(needle, load(at + i))
    return any_bit(OVER_PAIR(_mm256_or_si256, TEST));
#undef TEST
}

ALWAYS_INLINE bool pair_has_equal_wide(const char *at, pattern needle) {
#define TEST(i) _mm256_cmpeq_epi32(needle, load(at + i))
    return any_bit(OVER_PAIR(_mm256_or_si256, TEST));
#undef TEST
}

ALWAYS_INLINE bool pair_has_zero(const char *at) {
#define TEST(i) load(at + i)
    return any_bit(is_zero(OVER_PAIR(_mm256_min_epu8, TEST)));
#undef TEST
}

ALWAYS_INLINE bool pair_has_equal_or_zero(const char *at, pattern needle) {
    const vector v[4] = PAIR_OF(at);
#define TEST(i) zero_where_found(v[i / 32], needle)
    return any_bit(is_zero(OVER_PAIR(_mm256_min_epu8, TEST)));
#undef TEST
}

ALWAYS_INLINE bool pair_differs(const char *a, const char *b) {
#define TEST(i) _mm256_xor_si256(load(a + i), load(b + i))
    vector bits = OVER_PAIR(_mm256_or_si256, TEST);
#undef TEST
    return !_mm256_testz_si256(bits, bits);
}

ALWAYS_INLINE bool pair_differs_or_ends(const char *a, const char *b) {
    const vector v[4] = PAIR_OF(a);
#define TEST(i) _mm256_min_epu8(v[i / 32], _mm256_cmpeq_epi8(v[i / 32], load(b + i)))
    return any_bit(is_zero(OVER_PAIR(_mm256_min_epu8, TEST)));
#undef TEST
}

#include "library/libc/string/compare_template.h"
#include "library/libc/string/copy_template.h"
#include "library/libc/string/find_template.h"

#define VARIANT_NAME      "avx2"
#define VARIANT_TABLE     mshim_memfuncs_avx2
#define VARIANT_SUPPORTED mshim_cpu_has_avx2
#include "library/libc/string/variant_template.h"
