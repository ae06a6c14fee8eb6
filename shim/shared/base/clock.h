/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_CLOCK_H
#define MSHIM_SHARED_BASE_CLOCK_H

/* Clocks and times in nanoseconds. Async-signal-safe; a clock that cannot be read is 0. */

#include "shared/base/attributes.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    MSHIM_NS_PER_SECOND = 1000000000,
    MSHIM_NS_PER_MILLISECOND = 1000000,
    MSHIM_NS_PER_MICROSECOND = 1000,
};

static inline uint64_t mshim_timespec_ns(struct timespec time) {
    return (uint64_t)time.tv_sec * MSHIM_NS_PER_SECOND + (uint64_t)time.tv_nsec;
}

static inline uint64_t mshim_timeval_ns(struct timeval time) {
    return (uint64_t)time.tv_sec * MSHIM_NS_PER_SECOND + (uint64_t)time.tv_usec * MSHIM_NS_PER_MICROSECOND;
}

static inline struct timespec mshim_ns_timespec(uint64_t ns) {
    return (struct timespec){(time_t)(ns / MSHIM_NS_PER_SECOND), (long)(ns % MSHIM_NS_PER_SECOND)};
}

/* Set where the process may not read the cycle counter (prctl(2), PR_SET_TSC): the libc's clock_gettime reads it,
 * the kernel's system call does not. */
extern bool mshim_clock_asks_kernel MSHIM_HIDDEN;

/* The time of any clock of clock_gettime(2). */
static inline uint64_t mshim_clock_ns(clockid_t clock) {
    struct timespec now = {0, 0};
    if (unlikely(mshim_clock_asks_kernel))
        (void)syscall(SYS_clock_gettime, clock, &now);
    else
        (void)clock_gettime(clock, &now);
    return mshim_timespec_ns(now);
}

/* A clock that is never set. */
static inline uint64_t mshim_now_ns(void) {
    return mshim_clock_ns(CLOCK_MONOTONIC);
}

#endif
