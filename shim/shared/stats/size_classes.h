/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_STATS_SIZE_CLASSES_H
#define MSHIM_SHARED_STATS_SIZE_CLASSES_H

/*
 * Classes of requested sizes: 16 bytes wide up to 1 KiB, then four per doubling up to 64 MiB, then one per
 * doubling. The last one is open; requests whose product overflows are in it.
 */

#include "shared/base/attributes.h"

#include <mshim.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SIZE_CLASS_SMALL_LAST = 64, /* 1009 to 1024 bytes */
    SIZE_CLASS_SMALL_MAX_LOG2 = 10,
    SIZE_CLASS_FINE_MAX_LOG2 = 26,
    SIZE_CLASS_FINE_LAST = SIZE_CLASS_SMALL_LAST + 4 * (SIZE_CLASS_FINE_MAX_LOG2 - SIZE_CLASS_SMALL_MAX_LOG2),
    SIZE_CLASS_LAST = MSHIM_SIZE_CLASSES - 1,
};

static inline unsigned mshim_size_class_large(size_t size_bytes) {
    const size_t above = size_bytes - 1;
    const unsigned log2 = 63u - (unsigned)__builtin_clzll(above);
    if (log2 < SIZE_CLASS_FINE_MAX_LOG2) {
        const unsigned quarter = (unsigned)(above >> (log2 - 2)) & 3u;
        return SIZE_CLASS_SMALL_LAST + 1 + 4 * (log2 - SIZE_CLASS_SMALL_MAX_LOG2) + quarter;
    }
    const unsigned index = SIZE_CLASS_FINE_LAST + 1 + (log2 - SIZE_CLASS_FINE_MAX_LOG2);
    return index < SIZE_CLASS_LAST ? index : SIZE_CLASS_LAST;
}

static inline unsigned mshim_size_class(size_t size_bytes) {
    if (likely(size_bytes <= 1024))
        return (unsigned)((size_bytes + 15) >> 4);
    return mshim_size_class_large(size_bytes);
}

/* Largest size of a class, inclusive. */
static inline uint64_t mshim_size_class_to_bytes(unsigned index) {
    if (index <= SIZE_CLASS_SMALL_LAST)
        return (uint64_t)index * 16;
    if (index <= SIZE_CLASS_FINE_LAST) {
        const unsigned step = index - SIZE_CLASS_SMALL_LAST - 1;
        const unsigned log2 = SIZE_CLASS_SMALL_MAX_LOG2 + step / 4;
        return (4ull + step % 4 + 1) << (log2 - 2);
    }
    if (index < SIZE_CLASS_LAST)
        return 2ull << (SIZE_CLASS_FINE_MAX_LOG2 + index - SIZE_CLASS_FINE_LAST - 1);
    return UINT64_MAX;
}

static inline uint64_t mshim_size_class_from_bytes(unsigned index) {
    return index == 0 ? 0 : mshim_size_class_to_bytes(index - 1) + 1;
}

#endif
