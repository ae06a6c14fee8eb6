/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_CLOCK_H
#define MSHIM_SHARED_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* A clock that is never set. */
static inline int64_t mshim_clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Processor time of this thread. */
static inline int64_t mshim_clock_cpu_ns(void) {
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

#endif
