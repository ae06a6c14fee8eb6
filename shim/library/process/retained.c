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

/* With counters off only some allocators know what lives. They take their locks to say it; the kernel is
 * asked for what is resident by mincore(2). */
uint64_t mshim_retained_bytes(bool may_wait) {
    const struct mshim_allocator *allocator = mshim_process.allocator;
    if (!allocator)
        return MSHIM_ABSENT;
    if (mshim_process.counting && allocator->mappings_are_counted && !mshim_process.sandboxed)
        return resident_less_live();
    return allocator->retained_bytes && may_wait ? allocator->retained_bytes() : MSHIM_ABSENT;
}

uint64_t mshim_own_memory_bytes(void) {
    return mshim_counters_memory_bytes() + mshim_python_own_bytes();
}

void mshim_retained_fork_child(void) {
    mshim_lock_reset(&busy);
    mshim_regions_fork_child();
}
