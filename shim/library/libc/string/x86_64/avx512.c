/* SPDX-License-Identifier: MIT */
/*
 * The variant for CPUs with AVX-512 F, VL and BW of recent generations (mshim_cpu_has_avx512), compiled for
 * these and BMI2, and, where the compiler can, without xmm0 to xmm15: code that uses the upper sixteen
 * registers only leaves no state that needs vzeroupper.
 *
 * A block is one vector of 64 bytes; loops and copies use 32, which is no slower. The gain is in masks: short
 * operands are loaded and stored without a branch on their size, and masked-out bytes are not accessed, so
 * they may lie in an unmapped page.
 *
 * This is the best variant, so the exported functions are here too.
 */
#include "library/libc/string/dispatch.h"
#include "library/libc/string/x86_64/cpu.h"
#include "library/libc/string/x86_64/vectors_32.h"

typedef __m512i pattern; /* a byte or wide character in all lanes */

#define FUNCTION(name) name##_avx512

ALWAYS_INLINE vector load_masked(const char *at, uint32_t mask) {
    return _mm256_maskz_loadu_epi8(mask, at);
}

ALWAYS_INLINE pattern pattern_of(char byte) {
    return _mm512_set1_epi8(byte);
}

ALWAYS_INLINE pattern pattern_of_wide(wchar_t wide) {
    return _mm512_set1_epi32((int)wide);
}

ALWAYS_INLINE vector narrow(pattern p) {
    return _mm512_castsi512_si256(p);
}

/* A block is one vector, of the wide kind; its operations give a bit for each byte at once. */
ALWAYS_INLINE __m512i load_block(const char *at) {
    return _mm512_loadu_si512(at);
}

/* Forces the mask into a general register: compilers otherwise test the mask register and move it then. */
ALWAYS_INLINE uint64_t settled(uint64_t mask) {
    __asm__("" : "+r"(mask));
    return mask;
}

ALWAYS_INLINE uint64_t block_equal(const char *at, pattern needle) {
    return settled(_mm512_cmpeq_epi8_mask(load_block(at), needle));
}

ALWAYS_INLINE uint64_t block_zero(const char *at) {
    __m512i v = load_block(at);
    return settled(_mm512_testn_epi8_mask(v, v));
}

ALWAYS_INLINE uint64_t block_equal_or_zero(const char *at, pattern needle) {
    const __m512i v = load_block(at), found = _mm512_min_epu8(v, _mm512_xor_si512(v, needle));
    return settled(_mm512_testn_epi8_mask(found, found));
}

ALWAYS_INLINE uint64_t block_equal_wide(const char *at, pattern needle) {
    return settled(_mm512_cmpeq_epi32_mask(load_block(at), needle));
}

ALWAYS_INLINE uint64_t block_differs(const char *a, const char *b) {
    return settled(_mm512_cmpneq_epi8_mask(load_block(a), load_block(b)));
}

ALWAYS_INLINE uint64_t block_differs_masked(const char *a, const char *b, size_t n) {
    __mmask64 wanted = _bzhi_u64(~(uint64_t)0, (unsigned)n);
    return _mm512_cmpneq_epi8_mask(_mm512_maskz_loadu_epi8(wanted, a), _mm512_maskz_loadu_epi8(wanted, b));
}

ALWAYS_INLINE uint64_t differs_or_ends(__m512i a, __m512i b) {
    return ~settled(_mm512_mask_cmpeq_epi8_mask(_mm512_test_epi8_mask(a, a), a, b));
}

ALWAYS_INLINE uint64_t block_differs_or_ends(const char *a, const char *b) {
    return differs_or_ends(load_block(a), load_block(b));
}

ALWAYS_INLINE uint64_t block_differs_or_ends_masked(const char *a, const char *b, size_t n) {
    __mmask64 wanted = _bzhi_u64(~(uint64_t)0, (unsigned)n);
    return wanted & differs_or_ends(_mm512_maskz_loadu_epi8(wanted, a), _mm512_maskz_loadu_epi8(wanted, b));
}

/* Half a block: a whole one mostly lies across two cache lines. */
ALWAYS_INLINE uint64_t head_differs_masked(const char *a, const char *b, size_t n) {
    const __mmask32 wanted = _bzhi_u32(~0u, (unsigned)n);
    return _mm256_cmpneq_epi8_mask(load_masked(a, wanted), load_masked(b, wanted));
}

ALWAYS_INLINE uint64_t head_equal(const char *at, pattern needle) {
    return settled(_mm256_cmpeq_epi8_mask(load(at), narrow(needle)));
}

ALWAYS_INLINE uint64_t head_equal_wide(const char *at, pattern needle) {
    return settled(_mm256_cmpeq_epi32_mask(load(at), narrow(needle)));
}

ALWAYS_INLINE uint64_t head_differs_or_ends(const char *a, const char *b) {
    vector v = load(a);
    return (uint32_t)~settled(_mm256_mask_cmpeq_epi8_mask(_mm256_test_epi8_mask(v, v), v, load(b)));
}

#define HEAD                         32
#define block_differs_masked         block_differs_masked
#define head_differs_masked          head_differs_masked
#define block_differs_or_ends_masked block_differs_or_ends_masked

/* combine(test of each vector of a pair of blocks): with vectors of 32 bytes, which the caches deliver no
 * slower than wider ones. */
#define OVER_PAIR(combine, test) combine(combine(test(96), test(64)), combine(test(32), test(0)))

ALWAYS_INLINE bool any_zero(vector v) {
    return _mm256_testn_epi8_mask(v, v) != 0;
}

ALWAYS_INLINE bool pair_has_equal(const char *at, pattern needle) {
#define TEST(i) _mm256_xor_si256(narrow(needle), load(at + i))
    return any_zero(OVER_PAIR(_mm256_min_epu8, TEST));
#undef TEST
}

ALWAYS_INLINE bool pair_has_equal_wide(const char *at, pattern needle) {
#define TEST(i) _mm256_xor_si256(narrow(needle), load(at + i))
    vector least = OVER_PAIR(_mm256_min_epu32, TEST);
#undef TEST
    return _mm256_testn_epi32_mask(least, least) != 0;
}

ALWAYS_INLINE bool pair_has_zero(const char *at) {
#define TEST(i) load(at + i)
    return any_zero(OVER_PAIR(_mm256_min_epu8, TEST));
#undef TEST
}

ALWAYS_INLINE bool pair_has_equal_or_zero(const char *at, pattern needle) {
    const vector wanted = narrow(needle), v[4] = PAIR_OF(at);
#define TEST(i) _mm256_min_epu8(v[i / 32], _mm256_xor_si256(v[i / 32], wanted))
    return any_zero(OVER_PAIR(_mm256_min_epu8, TEST));
#undef TEST
}

ALWAYS_INLINE bool pair_differs(const char *a, const char *b) {
#define TEST(i) _mm256_xor_si256(load(a + i), load(b + i))
    vector bits = OVER_PAIR(_mm256_or_si256, TEST);
#undef TEST
    return _mm256_test_epi8_mask(bits, bits) != 0;
}

ALWAYS_INLINE bool pair_differs_or_ends(const char *a, const char *b) {
    const vector v[4] = PAIR_OF(a);
#define TEST(i) _mm256_xor_si256(v[i / 32], load(b + i))
    vector bits = OVER_PAIR(_mm256_or_si256, TEST);
#undef TEST
#define TEST(i) v[i / 32]
    vector least = OVER_PAIR(_mm256_min_epu8, TEST);
#undef TEST
    return (uint32_t)_mm256_mask_testn_epi8_mask(_mm256_test_epi8_mask(least, least), bits, bits) !=
           UINT32_MAX;
}

#define set_small set_masked

ALWAYS_INLINE void set_masked(char *to, int byte, size_t n) {
    __m128i v = _mm_set1_epi8((char)byte);
    if (n <= 16) {
        _mm_mask_storeu_epi8(to, (__mmask16)_bzhi_u32(~0u, (unsigned)n), v);
    } else {
        size_t inner = inner_16(n);
        store_16(to, v), store_16(to + inner, v), store_16(to + n - 16 - inner, v), store_16(to + n - 16, v);
    }
}

#include "library/libc/string/compare_template.h"
#include "library/libc/string/copy_template.h"
#include "library/libc/string/find_template.h"

#define VARIANT_NAME      "avx512"
#define VARIANT_TABLE     mshim_memfuncs_avx512
#define VARIANT_SUPPORTED mshim_cpu_has_avx512
#include "library/libc/string/variant_template.h"

/* The exported functions but for those of entry.c. Nothing of this instruction set is executed before the
 * check. */
#include "library/libc/string/entry.h"

#define ENTRY(name, result, parameters, arguments)                                                           \
    MSHIM_EXPORT result MSHIM_MEMFUNCS_ENTRY(name) parameters {                                              \
        if (unlikely(!mshim_memfuncs_at_best))                                                               \
            return mshim_memfuncs_to_##name arguments;                                                       \
        return FUNCTION(name) arguments;                                                                     \
    }
#define MSHIM_MEMORY_FUNCTION(...) ENTRY(__VA_ARGS__)
#define MSHIM_MEMORY_COPY(...)
#include <mshim/memory_functions.def>
