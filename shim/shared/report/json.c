/* SPDX-License-Identifier: MIT */
#include "shared/report/json.h"

#include "shared/report/json_writer.h"
#include "shared/report/rates.h"

#include <string.h>

static void number(struct mshim_json *json, const char *name, uint64_t value) {
    if (value == MSHIM_ABSENT)
        return;
    mshim_json_key(json, name);
    mshim_write_number(json->writer, value);
}

static void seconds(struct mshim_json *json, const char *name, uint64_t ns) {
    if (ns == MSHIM_ABSENT)
        return;
    mshim_json_key(json, name);
    mshim_write_seconds(json->writer, ns);
}

static void share(struct mshim_json *json, const char *name, uint64_t part, uint64_t whole) {
    mshim_json_key(json, name);
    mshim_write_share(json->writer, part, whole);
}

/* An object or list with each member on its own line. */
static struct mshim_json begin_lines(struct mshim_json *whole, const char *name, const char *bracket) {
    struct mshim_json json = mshim_json_begin(whole, name, bracket);
    json.separator = "\n  ";
    json.between = ",\n  ";
    return json;
}

static void process(struct mshim_json *whole, const struct mshim_report *report) {
    struct mshim_json json = mshim_json_begin(whole, "process", "{");
    number(&json, "pid", report->pid);
    number(&json, "pid_namespace", report->pid_namespace);
    number(&json, "parent_pid", report->parent_pid);
    number(&json, "forked_from_pid", report->forked_from_pid);
    mshim_json_string(&json, "program", report->program);
    mshim_json_string(&json, "libc", report->libc);
    mshim_json_string(&json, "state", report->state);
    seconds(&json, "wall_seconds", report->wall_ns);
    seconds(&json, "cpu_seconds", report->cpu_ns);
    seconds(&json, "system_cpu_seconds", report->system_cpu_ns);
    mshim_write_text(json.writer, "}");
}

static void shim(struct mshim_json *whole, const struct mshim_report *report) {
    struct mshim_json json = mshim_json_begin(whole, "shim", "{");
    mshim_json_string(&json, "version", report->version);
    mshim_json_string(&json, "allocator", report->allocator);
    mshim_json_string(&json, "allocator_version", report->allocator_version);
    struct mshim_json options = mshim_json_begin(&json, "options", "{");
    for (size_t i = 0; i < mshim_option_count; i++) {
        const char *value = mshim_option_value(report->options, &mshim_option_rows[i]);
        if (value)
            mshim_json_string(&options, mshim_option_rows[i].variable, value);
    }
    mshim_write_text(options.writer, "}");
    number(&json, "memory_bytes", report->memory_bytes);
    mshim_write_text(json.writer, "}");
}

static void functions(struct mshim_json *whole, const struct mshim_counters *counters) {
    struct mshim_json json = begin_lines(whole, "functions", "{");
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++) {
        const struct mshim_function_counters *function = &counters->functions[i];
        if (function->calls == 0)
            continue;
        struct mshim_json inner = mshim_json_begin(&json, mshim_function_name(i), "{");
        number(&inner, "calls", function->calls);
        number(&inner, "failures", function->failures);
        number(&inner, "requested_bytes", function->requested_bytes);
        mshim_write_text(inner.writer, "}");
    }
    mshim_write_text(json.writer, "}");
}

static void domain(struct mshim_json *outer, const char *name, const struct mshim_python_counters *counters) {
    struct mshim_json json = mshim_json_begin(outer, name, "{");
#define MSHIM_PYTHON_COUNTER(name, kind, help) number(&json, #name, counters->name);
#include <mshim/python_counters.def>
#undef MSHIM_PYTHON_COUNTER
    mshim_write_text(json.writer, "}");
}

static void python(struct mshim_json *whole, const struct mshim_counters *counters) {
    if (counters->python_object.allocations == MSHIM_ABSENT)
        return;
    struct mshim_json json = begin_lines(whole, "python", "{");
    domain(&json, "mem", &counters->python_mem);
    domain(&json, "object", &counters->python_object);
    mshim_write_text(json.writer, "}");
}

/* The rows of counters.def are grouped by section. */
struct sections {
    const char *open;
    struct mshim_json json; /* of the one that is open */
};

static void counter(struct mshim_json *whole, struct sections *sections, const char *section,
                    const char *name, uint64_t value) {
    if (value == MSHIM_ABSENT)
        return;
    if (!sections->open || strcmp(sections->open, section) != 0) {
        if (sections->open)
            mshim_write_text(whole->writer, "}");
        sections->json = mshim_json_begin(whole, section, "{");
        sections->open = section;
    }
    number(&sections->json, name, value);
}

static void counters(struct mshim_json *whole, const struct mshim_counters *values) {
    struct sections sections = {.open = NULL};
#define MSHIM_COUNTER(section, name, unit, kind, help)                                                       \
    counter(whole, &sections, #section, #name, values->section##_##name);
#include <mshim/counters.def>
#undef MSHIM_COUNTER
    if (sections.open)
        mshim_write_text(whole->writer, "}");
}

static void times(struct mshim_json *outer, const char *name, const struct mshim_function_time *time) {
    if (time->samples == MSHIM_ABSENT)
        return;
    struct mshim_json json = mshim_json_begin(outer, name, "{");
    number(&json, "samples", time->samples);
    number(&json, "p50_ns", time->p50_ns);
    number(&json, "p99_ns", time->p99_ns);
    number(&json, "max_ns", time->max_ns);
    mshim_write_text(json.writer, "}");
}

static void time_in_calls(struct mshim_json *whole, const struct mshim_report *report) {
    const struct mshim_counters *values = report->counters;
    if (values->time_allocation_ns == MSHIM_ABSENT)
        return;
    struct mshim_json json = mshim_json_begin(whole, "time", "{");
    if (mshim_report_has_share(report)) {
        share(&json, "allocation_share", values->time_allocation_ns, report->cpu_ns);
        share(&json, "allocation_share_error", values->time_allocation_error_ns, report->cpu_ns);
        if (values->time_memory_ns != MSHIM_ABSENT) {
            share(&json, "memory_share", values->time_memory_ns, report->cpu_ns);
            share(&json, "memory_share_error", values->time_memory_error_ns, report->cpu_ns);
        }
    }
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++)
        times(&json, mshim_function_name(i), &values->function_times[i]);
    times(&json, "python_mem", &values->python_times[0]);
    times(&json, "python_object", &values->python_times[1]);
    for (unsigned i = 0; i < MSHIM_MEMORY_FUNCTIONS; i++)
        times(&json, mshim_memory_function_name(i), &values->memory_function_times[i]);
    mshim_write_text(json.writer, "}");
}

static void sizes(struct mshim_json *whole, const struct mshim_counters *values) {
    struct mshim_json list = begin_lines(whole, "sizes", "[");
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++) {
        const struct mshim_size_class *size = &values->sizes[i];
        if (size->calls == 0)
            continue;
        struct mshim_json json = mshim_json_new(list.writer);
        mshim_json_next(&list);
        mshim_write_text(list.writer, "{");
        number(&json, "from_bytes", size->from_bytes);
        /* The last class is open: the largest number that all JSON readers can represent as an integer. */
        number(&json, "to_bytes", size->to_bytes == UINT64_MAX ? INT64_MAX : size->to_bytes);
        number(&json, "calls", size->calls);
        mshim_write_text(json.writer, "}");
    }
    mshim_write_text(list.writer, "]");
}

static void change(struct mshim_json *json, const char *name, const struct mshim_change *change) {
    if (!change->known)
        return;
    mshim_json_key(json, name);
    mshim_write_text(json->writer, change->more < 0 ? "-" : "");
    mshim_write_number(json->writer, change->more < 0 ? -(uint64_t)change->more : (uint64_t)change->more);
}

/* Per second, but for the changes, which are absolute. */
static void rates(struct mshim_json *whole, const struct mshim_rates *rates) {
    struct mshim_json json = mshim_json_begin(whole, "rates", "{");
    seconds(&json, "interval_seconds", rates->interval_ns);
    number(&json, "calls", rates->calls);
    number(&json, "allocated_bytes", rates->allocated_bytes);
    number(&json, "freed_bytes", rates->freed_bytes);
    number(&json, "page_faults", rates->page_faults);
    if (rates->allocation_share != MSHIM_ABSENT)
        share(&json, "allocation_share", rates->allocation_share, 1000);
    change(&json, "live_bytes_change", &rates->live_bytes);
    change(&json, "live_blocks_change", &rates->live_blocks);
    change(&json, "rss_bytes_change", &rates->rss_bytes);
    mshim_write_text(json.writer, "}");
}

void mshim_report_json(struct mshim_writer *writer, const struct mshim_report *report) {
    struct mshim_json json = mshim_json_new(writer);
    mshim_write_text(writer, "{");
    number(&json, "format", MSHIM_COUNTERS_FORMAT);
    json.separator = json.between = ",\n";
    process(&json, report);
    shim(&json, report);
    if (report->counting) {
        functions(&json, report->counters);
        python(&json, report->counters);
    }
    counters(&json, report->counters);
    if (report->counting) {
        time_in_calls(&json, report);
        sizes(&json, report->counters);
    }
    if (report->rates)
        rates(&json, report->rates);
    mshim_write_text(writer, "}\n");
}
