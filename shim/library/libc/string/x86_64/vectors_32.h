/* SPDX-License-Identifier: MIT */
/* Vectors of 32 bytes. */
#ifndef MSHIM_LIBRARY_LIBC_STRING_X86_64_VECTORS_32_H
#define MSHIM_LIBRARY_LIBC_STRING_X86_64_VECTORS_32_H

#include "library/libc/string/x86_64/baseline.h"

#include <immintrin.h>

typedef __m256i vector;
enum { VECTOR = 32 };

ALWAYS_INLINE vector load(const char *at) {
    return _mm256_loadu_si256((const vector *)(const void *)at);
}

ALWAYS_INLINE void store(char *at, vector v) {
    _mm256_storeu_si256((vector *)(void *)at, v);
}

ALWAYS_INLINE void store_aligned(char *at, vector v) {
    _mm256_store_si256((vector *)(void *)at, v);
}

ALWAYS_INLINE void store_past_caches(char *at, vector v) {
    _mm256_stream_si256((vector *)(void *)at, v);
}

ALWAYS_INLINE void fence(void) {
    _mm_sfence();
}

ALWAYS_INLINE vector splat(char byte) {
    return _mm256_set1_epi8(byte);
}

/* Forces the load to be here, once: compilers otherwise reorder and repeat it. */
ALWAYS_INLINE vector kept(vector v) {
    __asm__ volatile("" : "+v"(v));
    return v;
}

#define PAIR_OF(at)                                                                                          \
    { kept(load(at)), kept(load((at) + 32)), kept(load((at) + 64)), kept(load((at) + 96)) }

#endif
