/* SPDX-License-Identifier: MIT */
#include "library/counters/records.h"
#include "library/process/kernel.h"
#include "library/process/state.h"
#include "library/sampling/sampler.h"

#include <string.h>

MSHIM_EXPORT int mshim_counters_read(struct mshim_counters *out, size_t size) {
    if (!mshim_process.counting)
        return -1;
    struct mshim_counters now;
    mshim_sampling_publish();
    mshim_counters_sum(&now);
    if (!mshim_process.sandboxed)
        mshim_kernel_fill_faults(&now);
    memcpy(out, &now, size < sizeof now ? size : sizeof now);
    return 0;
}
