/* SPDX-License-Identifier: MIT */
#include "library/process/limited.h"

#include "library/allocators/dispatch.h"
#include "library/process/memory_limit.h"
#include "library/process/state.h"
#include "library/python/python.h"
#include "shared/base/decimal.h"
#include "shared/base/read_file.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { LARGE_BYTES = 1 << 20, PYTHON_RETAINS_BYTES = 16 << 20, PYTHON_SHARE = 64 };

/* Version 1 says a number near the largest where there is none. */
static const uint64_t NO_LIMIT_BYTES = (uint64_t)1 << 50;

static uint64_t limit_bytes, page_bytes;

/* The second number of /proc/self/statm: resident pages. */
static uint64_t resident_bytes(void) {
    char text[64];
    if (!mshim_read_file("/proc/self/statm", text, sizeof text))
        return 0;
    const char *const first_end = strchr(text, ' ');
    return first_end ? mshim_decimal_read(first_end + 1) * page_bytes : 0;
}

static struct mshim_entry_points inner_plain, inner_counted;

/* Giving back looks through all that the allocator has: not again before there is something to be had, unless
 * the limit is near. */
static bool worth_giving_back(uint64_t resident, size_t size, uint64_t left) {
    const uint64_t step_bytes = limit_bytes / 16, wanted = resident + size;
    return wanted > limit_bytes - step_bytes || (wanted > limit_bytes / 2 && resident > left + step_bytes);
}

static __attribute__((noinline)) void give_back(size_t size) {
    static _Atomic(uint64_t) left; /* resident when it was done last */
    const int saved = errno;
    if (worth_giving_back(resident_bytes(), size, atomic_load_explicit(&left, memory_order_relaxed))) {
        inner_plain.trim();
        atomic_store_explicit(&left, resident_bytes(), memory_order_relaxed);
    }
    errno = saved;
}

static inline void before(size_t size) {
    if (unlikely(size >= LARGE_BYTES))
        give_back(size);
}

#define LIMITED(mode)                                                                                        \
    static void *mode##_malloc(size_t size) {                                                                \
        before(size);                                                                                        \
        return inner_##mode.malloc(size);                                                                    \
    }                                                                                                        \
    static void *mode##_calloc(size_t size) {                                                                \
        before(size);                                                                                        \
        return inner_##mode.calloc(size);                                                                    \
    }                                                                                                        \
    static void *mode##_realloc(void *block, size_t size) {                                                  \
        before(size);                                                                                        \
        return inner_##mode.realloc(block, size);                                                            \
    }                                                                                                        \
    static void *mode##_realloc_for(enum mshim_function function, void *block, size_t size) {                \
        before(size);                                                                                        \
        return inner_##mode.realloc_for(function, block, size);                                              \
    }                                                                                                        \
    static void *mode##_aligned(enum mshim_function function, size_t alignment, size_t size) {               \
        before(size);                                                                                        \
        return inner_##mode.aligned(function, alignment, size);                                              \
    }                                                                                                        \
    static const struct mshim_entry_points *limited_##mode(const struct mshim_entry_points *inner) {         \
        static struct mshim_entry_points outer;                                                              \
        outer = inner_##mode = *inner;                                                                       \
        outer.malloc = mode##_malloc;                                                                        \
        outer.calloc = mode##_calloc;                                                                        \
        outer.realloc = mode##_realloc;                                                                      \
        outer.realloc_for = mode##_realloc_for;                                                              \
        outer.aligned = mode##_aligned;                                                                      \
        return &outer;                                                                                       \
    }

LIMITED(plain)
LIMITED(counted)

void mshim_limited_start(void) {
    static struct mshim_allocator limited;
    limit_bytes = mshim_memory_limit_bytes();
    if (limit_bytes / PYTHON_SHARE < PYTHON_RETAINS_BYTES)
        mshim_python_set_retained_limit((size_t)limit_bytes / PYTHON_SHARE);
    page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
    if (limit_bytes >= NO_LIMIT_BYTES)
        return;
    limited = *mshim_process.allocator;
    limited.plain = limited_plain(limited.plain);
    limited.counted = limited_counted(limited.counted);
    mshim_process.allocator = &limited;
    mshim_active = mshim_process.counting ? *limited.counted : *limited.plain;
}
