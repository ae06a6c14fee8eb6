/* SPDX-License-Identifier: MIT */
#include "library/process/retained.h"

#include "library/counters/records.h"
#include "library/counters/regions.h"
#include "library/process/state.h"
#include "library/python/python.h"
#include "shared/base/lock.h"

static struct mshim_lock busy;

/* Blocks that nobody has written to live and are not resident: where many do, this says too little. */
static uint64_t resident_less_live(void) {
    static struct mshim_counters now;
    if (!mshim_try_lock(&busy))
        return MSHIM_ABSENT;
    const uint64_t resident = mshim_regions_resident_bytes();
    mshim_counters_sum(&now);
    const uint64_t live = now.memory_live_bytes;
    mshim_unlock(&busy);
    if (resident == MSHIM_ABSENT)
        return MSHIM_ABSENT;
    return resident > live ? resident - live : 0;
}

/* With counters off nobody knows what lives but some allocators. */
uint64_t mshim_retained_bytes(void) {
    const struct mshim_allocator *allocator = mshim_process.allocator;
    if (!allocator)
        return MSHIM_ABSENT;
    if (mshim_process.counting && allocator->mappings_are_counted)
        return resident_less_live();
    return allocator->retained_bytes ? allocator->retained_bytes() : MSHIM_ABSENT;
}

uint64_t mshim_own_memory_bytes(void) {
    return mshim_counters_memory_bytes() + mshim_python_own_bytes();
}

void mshim_retained_fork_child(void) {
    mshim_lock_reset(&busy);
    mshim_regions_fork_child();
}
