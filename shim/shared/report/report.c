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
    const uint64_t most = rss > live ? rss - live : 0;
    if (counters->memory_retained_bytes > most)
        counters->memory_retained_bytes = most;
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

static bool ends_with(const char *text, const char *ending) {
    const size_t text_length = strlen(text), ending_length = strlen(ending);
    return text_length >= ending_length && strcmp(text + text_length - ending_length, ending) == 0;
}

enum mshim_report_format mshim_report_format_of(const char *path) {
    if (ends_with(path, ".json"))
        return MSHIM_REPORT_JSON;
    return ends_with(path, ".prom") ? MSHIM_REPORT_PROM : MSHIM_REPORT_TEXT;
}

void mshim_report_write(struct mshim_writer *writer, enum mshim_report_format format,
                        const struct mshim_report *report) {
    static void (*const writers[])(struct mshim_writer *, const struct mshim_report *) = {
        [MSHIM_REPORT_TEXT] = mshim_report_text,
        [MSHIM_REPORT_JSON] = mshim_report_json,
        [MSHIM_REPORT_PROM] = mshim_report_prom,
    };
    writers[format](writer, report);
}
