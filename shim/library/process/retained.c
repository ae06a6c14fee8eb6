/* SPDX-License-Identifier: MIT */
#include "library/process/retained.h"

#include "library/counters/records.h"
#include "library/counters/regions.h"
#include "library/process/start.h"

static atomic_flag busy = ATOMIC_FLAG_INIT;

/* Blocks that nobody has written to live and are not resident: where many do, this says too little. */
static uint64_t resident_less_live(void) {
    static struct mshim_counters now;
    if (atomic_flag_test_and_set(&busy))
        return MSHIM_ABSENT;
    const uint64_t resident = mshim_regions_resident_bytes();
    mshim_counters_sum(&now);
    const uint64_t live = now.memory_live_bytes;
    atomic_flag_clear(&busy);
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

void mshim_retained_fork_child(void) {
    atomic_flag_clear(&busy);
    mshim_regions_fork_child();
}
