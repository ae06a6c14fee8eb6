/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_CYCLES_H
#define MSHIM_LIBRARY_SAMPLING_CYCLES_H

/* The cycle counter of the architecture. */

#include "shared/base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__)
#include "library/sampling/cycles_x86_64.h"
#elif defined(__aarch64__)
#include "library/sampling/cycles_aarch64.h"
#else
static inline uint64_t mshim_cycles(void) {
    return 0;
}

static inline bool mshim_cycles_are_steady(void) {
    return false; /* nothing is timed */
}

static inline uint64_t mshim_cycles_per_millisecond(void) {
    return 0;
}
#endif

#endif
