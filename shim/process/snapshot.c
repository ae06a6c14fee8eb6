/* SPDX-License-Identifier: MIT */
#include "process/snapshot.h"

#include "counters/records.h"
#include "python/python.h"

static struct mshim_python_counters domain(const struct mshim_python_counts *counts) {
    return (struct mshim_python_counters){
        .allocations = counts->allocations,
        .frees = counts->frees,
        .failures = counts->failures,
        .allocated_bytes = counts->allocated_bytes,
        .freed_bytes = counts->freed_bytes,
        .live_bytes = counts->live_bytes,
        .live_blocks = counts->live_blocks,
    };
}

static void add_domain(struct mshim_counters *out, const struct mshim_python_counts *counts) {
    out->memory_allocated_bytes += counts->allocated_bytes;
    out->memory_freed_bytes += counts->freed_bytes;
    out->memory_live_bytes += counts->live_bytes;
    out->memory_live_blocks += counts->live_blocks;
    out->memory_inherited_live_bytes += counts->inherited_live_bytes;
    out->memory_inherited_live_blocks += counts->inherited_live_blocks;
    for (unsigned i = 0; i < MSHIM_PYTHON_SMALL_CLASSES; i++)
        out->sizes[mshim_size_class((i + 1) * MSHIM_PYTHON_SMALL_STEP_BYTES)].calls +=
            counts->small_allocations[i];
}

void mshim_snapshot_take(struct mshim_counters *out) {
    mshim_counters_sum(out);
    if (mshim_python_in_force() != MSHIM_PYTHON_OFF) {
        struct mshim_python_counts counts[MSHIM_PYTHON_DOMAINS];
        mshim_python_read(counts);
        out->python_mem = domain(&counts[MSHIM_PYTHON_MEM]);
        out->python_object = domain(&counts[MSHIM_PYTHON_OBJECT]);
        for (unsigned i = 0; i < MSHIM_PYTHON_DOMAINS; i++)
            add_domain(out, &counts[i]);
    }
    if (out->memory_peak_live_bytes < out->memory_live_bytes)
        out->memory_peak_live_bytes = out->memory_live_bytes;
}

uint64_t mshim_snapshot_python_live_bytes(void) {
    if (mshim_python_in_force() == MSHIM_PYTHON_OFF)
        return 0;
    struct mshim_python_counts counts[MSHIM_PYTHON_DOMAINS];
    mshim_python_read(counts);
    return counts[MSHIM_PYTHON_MEM].live_bytes + counts[MSHIM_PYTHON_OBJECT].live_bytes;
}
