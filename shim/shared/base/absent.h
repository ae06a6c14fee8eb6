/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_ABSENT_H
#define MSHIM_SHARED_BASE_ABSENT_H

#include <mshim.h>
#include <string.h>

/* Makes every counter of a struct of uint64_t MSHIM_ABSENT. */
static inline void mshim_set_all_absent(void *counters, size_t size) {
    _Static_assert(MSHIM_ABSENT == UINT64_MAX, "all bits are set");
    memset(counters, 0xff, size);
}

#endif
