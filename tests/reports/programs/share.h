/* SPDX-License-Identifier: MIT */
/* Known parts of the time: of a round, so much is spent in each. */
#ifndef SHARE_H
#define SHARE_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { ALLOCATION_NS = 1000, REST_NS = 2000 };

static inline int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline void spin_ns(int64_t ns) {
    for (const int64_t end = now_ns() + ns; now_ns() < end;)
        continue;
}

#endif
