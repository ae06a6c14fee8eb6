/* SPDX-License-Identifier: MIT */
#include "report/rates.h"

#include <string.h>

/* Writes what stands between the values of an object or a list. */
struct separator {
    const char *next;
};

static void separate(struct mshim_writer *writer, struct separator *separator) {
    mshim_write_text(writer, separator->next);
    separator->next = ", ";
}

static void key(struct mshim_writer *writer, struct separator *separator, const char *name) {
    separate(writer, separator);
    mshim_write_quoted(writer, name);
    mshim_write_text(writer, ": ");
}

static void number(struct mshim_writer *writer, struct separator *separator, const char *name,
                   uint64_t value) {
    if (value == MSHIM_ABSENT)
        return;
    key(writer, separator, name);
    mshim_write_number(writer, value);
}

static void seconds(struct mshim_writer *writer, struct separator *separator, const char *name, uint64_t ns) {
    if (ns == MSHIM_ABSENT)
        return;
    key(writer, separator, name);
    mshim_write_seconds(writer, ns);
}

static void string(struct mshim_writer *writer, struct separator *separator, const char *name,
                   const char *value) {
    key(writer, separator, name);
    mshim_write_quoted(writer, value);
}

static void process(struct mshim_writer *writer, const struct mshim_report *report) {
    struct separator comma = {""};
    mshim_write_text(writer, ",\n\"process\": {");
    number(writer, &comma, "pid", report->pid);
    number(writer, &comma, "pid_namespace", report->pid_namespace);
    number(writer, &comma, "parent_pid", report->parent_pid);
    number(writer, &comma, "forked_from_pid", report->forked_from_pid);
    string(writer, &comma, "program", report->program);
    string(writer, &comma, "libc", report->libc);
    string(writer, &comma, "state", report->state);
    seconds(writer, &comma, "wall_seconds", report->wall_ns);
    seconds(writer, &comma, "cpu_seconds", report->cpu_ns);
    seconds(writer, &comma, "system_cpu_seconds", report->system_cpu_ns);
    mshim_write_text(writer, "}");
}

static void shim(struct mshim_writer *writer, const struct mshim_report *report) {
    struct separator comma = {""};
    mshim_write_text(writer, ",\n\"shim\": {");
    string(writer, &comma, "version", report->version);
    string(writer, &comma, "allocator", report->allocator);
    string(writer, &comma, "allocator_version", report->allocator_version);
    key(writer, &comma, "options");
    struct separator inner = {""};
    mshim_write_text(writer, "{");
    for (size_t i = 0; i < mshim_option_count; i++) {
        const char *value = mshim_option_value(report->options, &mshim_option_rows[i]);
        if (value)
            string(writer, &inner, mshim_option_rows[i].variable, value);
    }
    mshim_write_text(writer, "}");
    number(writer, &comma, "memory_bytes", report->memory_bytes);
    mshim_write_text(writer, "}");
}

static void functions(struct mshim_writer *writer, const struct mshim_counters *counters) {
    struct separator comma = {"\n  "};
    mshim_write_text(writer, ",\n\"functions\": {");
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++) {
        const struct mshim_function_counters *function = &counters->functions[i];
        if (function->calls == 0)
            continue;
        key(writer, &comma, mshim_function_name(i));
        comma.next = ",\n  ";
        struct separator inner = {""};
        mshim_write_text(writer, "{");
        number(writer, &inner, "calls", function->calls);
        number(writer, &inner, "failures", function->failures);
        number(writer, &inner, "requested_bytes", function->requested_bytes);
        mshim_write_text(writer, "}");
    }
    mshim_write_text(writer, "}");
}

static void domain(struct mshim_writer *writer, struct separator *outer, const char *name,
                   const struct mshim_python_counters *counters) {
    struct separator comma = {""};
    key(writer, outer, name);
    mshim_write_text(writer, "{");
#define MSHIM_PYTHON_COUNTER(name, kind, help) number(writer, &comma, #name, counters->name);
#include <mshim/python_counters.def>
#undef MSHIM_PYTHON_COUNTER
    mshim_write_text(writer, "}");
}

static void python(struct mshim_writer *writer, const struct mshim_counters *counters) {
    if (counters->python_object.allocations == MSHIM_ABSENT)
        return;
    struct separator comma = {"\n  "};
    mshim_write_text(writer, ",\n\"python\": {");
    domain(writer, &comma, "mem", &counters->python_mem);
    comma.next = ",\n  ";
    domain(writer, &comma, "object", &counters->python_object);
    mshim_write_text(writer, "}");
}

/* The rows of the table come section by section. */
struct sections {
    const char *open;
    struct separator comma;
};

static void counter(struct mshim_writer *writer, struct sections *sections, const char *section,
                    const char *name, uint64_t value) {
    if (value == MSHIM_ABSENT)
        return;
    if (!sections->open || strcmp(sections->open, section) != 0) {
        mshim_write_text(writer, sections->open ? "},\n\"" : ",\n\"");
        mshim_write_text(writer, section);
        mshim_write_text(writer, "\": {");
        sections->open = section;
        sections->comma.next = "";
    }
    number(writer, &sections->comma, name, value);
}

static void counters(struct mshim_writer *writer, const struct mshim_counters *values) {
    struct sections sections = {NULL, {""}};
#define MSHIM_COUNTER(section, name, unit, kind, help)                                                       \
    counter(writer, &sections, #section, #name, values->section##_##name);
#include <mshim/counters.def>
#undef MSHIM_COUNTER
    if (sections.open)
        mshim_write_text(writer, "}");
}

static void share(struct mshim_writer *writer, struct separator *comma, const char *name, uint64_t ns,
                  const struct mshim_report *report) {
    key(writer, comma, name);
    mshim_write_share(writer, ns, report->cpu_ns);
}

static void times(struct mshim_writer *writer, struct separator *comma, const char *name,
                  const struct mshim_function_time *time) {
    if (time->samples == MSHIM_ABSENT)
        return;
    struct separator inner = {""};
    key(writer, comma, name);
    mshim_write_text(writer, "{");
    number(writer, &inner, "samples", time->samples);
    number(writer, &inner, "p50_ns", time->p50_ns);
    number(writer, &inner, "p99_ns", time->p99_ns);
    number(writer, &inner, "max_ns", time->max_ns);
    mshim_write_text(writer, "}");
}

static void time_in_calls(struct mshim_writer *writer, const struct mshim_report *report) {
    const struct mshim_counters *values = report->counters;
    if (values->time_allocation_ns == MSHIM_ABSENT)
        return;
    struct separator comma = {""};
    mshim_write_text(writer, ",\n\"time\": {");
    if (mshim_report_has_share(report)) {
        share(writer, &comma, "allocation_share", values->time_allocation_ns, report);
        share(writer, &comma, "allocation_share_error", values->time_allocation_error_ns, report);
        if (values->time_memory_ns != MSHIM_ABSENT) {
            share(writer, &comma, "memory_share", values->time_memory_ns, report);
            share(writer, &comma, "memory_share_error", values->time_memory_error_ns, report);
        }
    }
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++)
        times(writer, &comma, mshim_function_name(i), &values->function_times[i]);
    times(writer, &comma, "python_mem", &values->python_times[0]);
    times(writer, &comma, "python_object", &values->python_times[1]);
    for (unsigned i = 0; i < MSHIM_MEMORY_FUNCTIONS; i++)
        times(writer, &comma, mshim_memory_function_name(i), &values->memory_function_times[i]);
    mshim_write_text(writer, "}");
}

static void sizes(struct mshim_writer *writer, const struct mshim_counters *values) {
    struct separator comma = {"\n  "};
    mshim_write_text(writer, ",\n\"sizes\": [");
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++) {
        const struct mshim_size_class *size = &values->sizes[i];
        if (size->calls == 0)
            continue;
        separate(writer, &comma);
        comma.next = ",\n  ";
        struct separator inner = {""};
        mshim_write_text(writer, "{");
        number(writer, &inner, "from_bytes", size->from_bytes);
        /* The last class has no end; a JSON number that every reader can hold says so. */
        number(writer, &inner, "to_bytes", size->to_bytes == UINT64_MAX ? INT64_MAX : size->to_bytes);
        number(writer, &inner, "calls", size->calls);
        mshim_write_text(writer, "}");
    }
    mshim_write_text(writer, "]");
}

static void change(struct mshim_writer *writer, struct separator *comma, const char *name,
                   const struct mshim_change *change) {
    if (!change->known)
        return;
    key(writer, comma, name);
    mshim_write_text(writer, change->more < 0 ? "-" : "");
    mshim_write_number(writer, change->more < 0 ? -(uint64_t)change->more : (uint64_t)change->more);
}

/* A second, but the changes, which are since the earlier reading. */
static void rates(struct mshim_writer *writer, const struct mshim_rates *rates) {
    struct separator comma = {""};
    mshim_write_text(writer, ",\n\"rates\": {");
    seconds(writer, &comma, "interval_seconds", rates->interval_ns);
    number(writer, &comma, "calls", rates->calls);
    number(writer, &comma, "allocated_bytes", rates->allocated_bytes);
    number(writer, &comma, "freed_bytes", rates->freed_bytes);
    number(writer, &comma, "page_faults", rates->page_faults);
    if (rates->allocation_share != MSHIM_ABSENT) {
        key(writer, &comma, "allocation_share");
        mshim_write_share(writer, rates->allocation_share, 1000);
    }
    change(writer, &comma, "live_bytes_change", &rates->live_bytes);
    change(writer, &comma, "live_blocks_change", &rates->live_blocks);
    change(writer, &comma, "rss_bytes_change", &rates->rss_bytes);
    mshim_write_text(writer, "}");
}

void mshim_report_json(struct mshim_writer *writer, const struct mshim_report *report) {
    mshim_write_text(writer, "{\"format\": ");
    mshim_write_number(writer, MSHIM_COUNTERS_FORMAT);
    process(writer, report);
    shim(writer, report);
    if (report->counting) {
        functions(writer, report->counters);
        python(writer, report->counters);
    }
    counters(writer, report->counters);
    if (report->counting) {
        time_in_calls(writer, report);
        sizes(writer, report->counters);
    }
    if (report->rates)
        rates(writer, report->rates);
    mshim_write_text(writer, "}\n");
}
