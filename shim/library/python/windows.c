/* SPDX-License-Identifier: MIT */
#include "library/python/windows.h"

static windows_exchange_function *exchange; /* NULL: no windows */

void windows_start(windows_exchange_function *exchange_functions) {
    exchange = backend.count ? exchange_functions : NULL;
    for (unsigned domain = 0; domain < MSHIM_PYTHON_DOMAINS; domain++) {
        struct front *front = &fronts[domain];
        if (backend.count)
            front->timing = (struct mshim_sampling_stream){0};
        else
            front->timing = (struct mshim_sampling_stream)MSHIM_SAMPLING_NEVER;
        front->window_open = false;
        front->calls_at_window = front->calls_at_look = front->calls_to_window = 0;
    }
}

/* By what is counted anyway. */
static uint64_t calls_of(const struct front *front) {
    const struct mshim_stats_python_domain *counts = &mshim_stats.python_heaps[0].domains[front->domain];
    uint64_t calls = counts->large_allocations + counts->large_frees;
    for (unsigned c = 0; c < CLASSES; c++)
        calls += counts->small[c].allocated + counts->small[c].freed;
    return calls;
}

static void open_if_it_is_time(struct front *front) {
    if (!exchange || several || front->window_open)
        return;
    const uint64_t calls = calls_of(front), passed = calls - front->calls_at_window;
    front->timing.grain = calls - front->calls_at_look;
    front->calls_at_look = calls;
    if (passed < front->calls_to_window || !exchange(front->domain, true))
        return;
    front->timing.passing = passed;
    front->timing.until_timed = 0;
    front->window_open = true;
}

void *windows_look(struct front *front, void *block) {
    open_if_it_is_time(front);
    return block;
}

void windows_close_if_over(struct front *front) {
    if (several || front->timing.state != MSHIM_SAMPLING_PASSING || !exchange || !exchange(front->domain, false))
        return;
    front->window_open = false;
    front->calls_at_window = front->calls_at_look = calls_of(front);
    front->calls_to_window = (uint64_t)front->timing.until_timed;
}
