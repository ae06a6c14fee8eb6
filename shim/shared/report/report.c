/* SPDX-License-Identifier: MIT */
#include "shared/report/report.h"

#include <string.h>

static const char *const function_names[MSHIM_FUNCTIONS] = {
#define MSHIM_FUNCTION(name, sized, help) #name,
#include <mshim/functions.def>
#undef MSHIM_FUNCTION
};

const char *mshim_function_name(enum mshim_function function) {
    return function_names[function];
}

static const char *const memory_function_names[] = {
#define MSHIM_MEMORY_FUNCTION(name, ...) #name,
#include <mshim/memory_functions.def>
};

const char *mshim_memory_function_name(enum mshim_memory_function function) {
    return memory_function_names[function];
}

void mshim_report_bound_retained(struct mshim_counters *counters) {
    const uint64_t rss = counters->memory_rss_bytes, live = counters->memory_live_bytes;
    if (counters->memory_retained_bytes == MSHIM_ABSENT || rss == MSHIM_ABSENT || live == MSHIM_ABSENT)
        return;
    const uint64_t max = rss > live ? rss - live : 0;
    if (counters->memory_retained_bytes > max)
        counters->memory_retained_bytes = max;
}

unsigned mshim_report_main_size_class(const struct mshim_report *report) {
    unsigned main_class = MSHIM_SIZE_CLASSES;
    uint64_t most = 0;
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES && report->counting; i++)
        if (report->counters->sizes[i].calls > most) {
            most = report->counters->sizes[i].calls;
            main_class = i;
        }
    return main_class;
}

bool mshim_report_has_share(const struct mshim_report *report) {
    return report->counting && report->counters->time_allocation_ns != MSHIM_ABSENT &&
           report->cpu_ns != MSHIM_ABSENT && report->cpu_ns > 0;
}
