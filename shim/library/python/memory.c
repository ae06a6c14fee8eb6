// SPDX-License-Identifier: MIT
/* What is asked of the domains beside their calls: memory, fork, trim. */
#include "library/python/python.h"

#include "library/python/several.h"

void mshim_python_memory(struct mshim_python_memory *out) {
    uint64_t live_bytes = 0;
    for (size_t i = 0, count = slabs_count(); i < count; i++) {
        const struct slab *slab = slab_number(i);
        live_bytes += (uint64_t)slab->live * slab->block_bytes;
    }
    const uint64_t touched_bytes = mshim_stats.python_slab_bytes - mshim_stats.python_fresh_bytes;
    *out = (struct mshim_python_memory){
        .slab_bytes = mshim_stats.python_slab_bytes,
        .peak_slab_bytes = heaps_peak_bytes(),
        .retained_bytes =
            mshim_stats.python_empty_bytes + (touched_bytes > live_bytes ? touched_bytes - live_bytes : 0),
    };
}

size_t mshim_python_own_bytes(void) {
    return slabs_header_bytes();
}

void mshim_python_fork_prepare(void) {
    several_fork_prepare();
}

void mshim_python_fork_parent(void) {
    several_fork_parent();
}

void mshim_python_fork_child(void) {
    several_fork_child();
    heaps_forget_peak();
}

void mshim_python_publish(void) {
    heaps_publish();
}

void mshim_python_request_trim(void) {
    if (fronts[0].base == 0)
        return;
    trim_wanted = true;
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++)
        __atomic_store_n(&fronts[domain].limit, 0, __ATOMIC_RELEASE);
}

size_t mshim_python_trim(void) {
    if (fronts[0].base == 0)
        return 0;
    if (!several_holds_gil()) {
        mshim_python_request_trim();
        return 0;
    }
    return several_trim();
}

void mshim_python_set_retained_limit(size_t bytes) {
    slabs_set_retained_limit(bytes);
}
