/* SPDX-License-Identifier: MIT */
#include "library/python/bursts.h"

static mshim_python_exchange *exchange; /* NULL: no bursts */

void mshim_python_bursts_start(mshim_python_exchange *exchange_functions) {
    exchange = mshim_python_backend.count ? exchange_functions : NULL;
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct mshim_python_front *front = &mshim_python_fronts[domain];
        if (mshim_python_backend.count)
            front->timing = (struct mshim_sampling_stream){0};
        else
            front->timing = (struct mshim_sampling_stream)MSHIM_SAMPLING_NEVER;
        front->burst_open = false;
        front->calls_at_burst = front->calls_at_look = front->calls_to_burst = 0;
    }
}

/* By what is counted anyway. */
static uint64_t calls_of(const struct mshim_python_front *front) {
    const struct mshim_stats_python_domain *counts = &mshim_stats.python_heaps[0].domains[front->domain];
    uint64_t calls = counts->large_allocations + counts->large_frees;
    for (unsigned c = 0; c < MSHIM_PYTHON_SMALL_CLASSES; c++)
        calls += counts->small[c].allocated + counts->small[c].freed;
    return calls;
}

static void open_if_due(struct mshim_python_front *front) {
    if (!exchange || mshim_python_multi_gil || front->burst_open)
        return;
    const uint64_t calls = calls_of(front), passed = calls - front->calls_at_burst;
    front->timing.grain = calls - front->calls_at_look;
    front->calls_at_look = calls;
    if (passed < front->calls_to_burst || !exchange(front->domain, true))
        return;
    front->timing.passing = passed;
    front->timing.until_timed = 0;
    front->burst_open = true;
}

void *mshim_python_bursts_look(struct mshim_python_front *front, void *block) {
    open_if_due(front);
    return block;
}

void mshim_python_bursts_close_if_over(struct mshim_python_front *front) {
    if (mshim_python_multi_gil || front->timing.state != MSHIM_SAMPLING_PASSING || !exchange ||
        !exchange(front->domain, false))
        return;
    front->burst_open = false;
    front->calls_at_burst = front->calls_at_look = calls_of(front);
    front->calls_to_burst = (uint64_t)front->timing.until_timed;
}
