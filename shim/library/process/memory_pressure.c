/* SPDX-License-Identifier: MIT */
#include "library/process/memory_pressure.h"

#include "library/large_blocks/large_blocks.h"
#include "library/process/memory_limit.h"
#include "library/process/state.h"
#include "library/python/python.h"
#include "shared/base/clock.h"
#include "shared/base/decimal.h"
#include "shared/base/read_file.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

enum {
    PYTHON_RETAINS_BYTES = 16 << 20,
    PYTHON_SHARE = 64,
    STEP_SHARE = 32,   /* looked at each time that such a part of the limit has been mapped, */
    RESTING_SHARE = 4, /* or such a one, where giving back has brought nothing lately */
    LARGE_SHARE = 16,  /* of the limit, freed large blocks may be kept */
};

/* Version 1 says a number near the largest where there is none. */
static const uint64_t NO_LIMIT_BYTES = (uint64_t)1 << 50;

static const uint64_t MIN_REST_NS = 10 * MSHIM_NS_PER_MILLISECOND, MAX_REST_NS = 10ull * MSHIM_NS_PER_SECOND;

static uint64_t limit_bytes;

/* The second number of /proc/self/statm: resident pages. 0: not known. */
static uint64_t resident_bytes(void) {
    char text[64];
    if (!mshim_read_file("/proc/self/statm", text, sizeof text))
        return 0;
    const char *const first_end = strchr(text, ' ');
    return first_end ? mshim_decimal_read(first_end + 1) * getauxval(AT_PAGESZ) : 0;
}

static _Atomic(uint64_t) mapped_bytes; /* since it was looked at last */
static _Atomic(uint64_t) rest_until_ns;
static uint64_t rest_ns = MIN_REST_NS; /* by whoever has set `looking` */
static atomic_flag looking = ATOMIC_FLAG_INIT;

/*
 * What is resident need not be ours to give back: mapped files, thread stacks, blocks that live. Where giving back
 * has brought nothing, the next try comes later and later.
 */
static void give_back(uint64_t now_ns) {
    const uint64_t before = resident_bytes();
    if (before < limit_bytes / 2)
        return;
    mshim_process.allocator->plain->trim();
    const uint64_t after = resident_bytes(), step_bytes = limit_bytes / STEP_SHARE;
    if (before > after && before - after >= step_bytes) {
        rest_ns = MIN_REST_NS;
        return;
    }
    atomic_store_explicit(&rest_until_ns, now_ns + rest_ns, memory_order_relaxed);
    rest_ns = rest_ns < MAX_REST_NS ? 2 * rest_ns : rest_ns;
}

static void before_mapping(size_t bytes) {
    const uint64_t sum = atomic_fetch_add_explicit(&mapped_bytes, bytes, memory_order_relaxed) + bytes;
    if (sum < limit_bytes / STEP_SHARE || mshim_process.sandboxed)
        return;
    const uint64_t now_ns = mshim_clock_ns(CLOCK_MONOTONIC_COARSE);
    const bool rests = now_ns < atomic_load_explicit(&rest_until_ns, memory_order_relaxed);
    if ((rests && sum < limit_bytes / RESTING_SHARE) || atomic_flag_test_and_set(&looking))
        return;
    const int saved = errno;
    atomic_store_explicit(&mapped_bytes, 0, memory_order_relaxed);
    give_back(now_ns);
    atomic_flag_clear(&looking);
    errno = saved;
}

void mshim_memory_pressure_start(void) {
    limit_bytes = mshim_memory_limit_bytes();
    if (limit_bytes / PYTHON_SHARE < PYTHON_RETAINS_BYTES)
        mshim_python_set_retained_limit((size_t)limit_bytes / PYTHON_SHARE);
    if (limit_bytes >= NO_LIMIT_BYTES)
        return;
    mshim_large_set_retained_limit((size_t)limit_bytes / LARGE_SHARE);
    mshim_large_before_mapping = before_mapping;
}
