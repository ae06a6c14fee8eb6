/* SPDX-License-Identifier: MIT */
/* Prometheus' text exposition format 0.0.4. */
#include "report/decimal.h"
#include "report/report.h"

#include <string.h>

static void declare(struct mshim_writer *writer, const char *name, const char *suffix, const char *type,
                    const char *help) {
    const char *const parts[] = {"# HELP mshim_", name, suffix, " ", help, "\n# TYPE mshim_", name,
                                 suffix,          " ",  type,   "\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        mshim_write_text(writer, parts[i]);
}

static void sample(struct mshim_writer *writer, const char *name, const char *suffix, const char *label,
                   const char *label_value, uint64_t value) {
    mshim_write_text(writer, "mshim_");
    mshim_write_text(writer, name);
    mshim_write_text(writer, suffix);
    if (label) {
        mshim_write_text(writer, "{");
        mshim_write_text(writer, label);
        mshim_write_text(writer, "=\"");
        mshim_write_text(writer, label_value);
        mshim_write_text(writer, "\"}");
    }
    mshim_write_text(writer, " ");
    mshim_write_number(writer, value);
    mshim_write_text(writer, "\n");
}

static void counter(struct mshim_writer *writer, const char *name, bool total, const char *help,
                    uint64_t value) {
    if (value == MSHIM_ABSENT)
        return;
    const char *suffix = total ? "_total" : "";
    declare(writer, name, suffix, total ? "counter" : "gauge", help);
    sample(writer, name, suffix, NULL, NULL, value);
}

static void functions(struct mshim_writer *writer, const struct mshim_counters *counters) {
    static const struct {
        const char *name, *help;
        size_t offset;
    } columns[] = {
        {"calls", "calls of a function", offsetof(struct mshim_function_counters, calls)},
        {"failures", "calls of a function that failed", offsetof(struct mshim_function_counters, failures)},
        {"requested_bytes", "bytes asked of a function",
         offsetof(struct mshim_function_counters, requested_bytes)},
    };
    for (size_t column = 0; column < sizeof columns / sizeof *columns; column++) {
        declare(writer, columns[column].name, "_total", "counter", columns[column].help);
        for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++) {
            const struct mshim_function_counters *function = &counters->functions[i];
            const uint64_t value =
                *(const uint64_t *)(const void *)((const char *)function + columns[column].offset);
            if (function->calls != 0 && value != MSHIM_ABSENT)
                sample(writer, columns[column].name, "_total", "function", mshim_function_name(i), value);
        }
    }
}

static void python(struct mshim_writer *writer, const char *name, bool total, const char *help,
                   uint64_t of_mem, uint64_t of_object) {
    if (of_object == MSHIM_ABSENT)
        return;
    const char *suffix = total ? "_total" : "";
    declare(writer, name, suffix, total ? "counter" : "gauge", help);
    sample(writer, name, suffix, "domain", "mem", of_mem);
    sample(writer, name, suffix, "domain", "object", of_object);
}

static void sizes(struct mshim_writer *writer, const struct mshim_counters *counters) {
    uint64_t calls = 0, requested_bytes = 0;
    char digits[MSHIM_DECIMAL_BYTES];
    declare(writer, "request_size_bytes", "", "histogram", "sizes asked for, by number of calls");
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES - 1; i++) {
        calls += counters->sizes[i].calls;
        sample(writer, "request_size_bytes", "_bucket", "le",
               mshim_decimal(counters->sizes[i].to_bytes, digits), calls);
    }
    calls += counters->sizes[MSHIM_SIZE_CLASSES - 1].calls;
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++)
        if (counters->functions[i].requested_bytes != MSHIM_ABSENT)
            requested_bytes += counters->functions[i].requested_bytes;
    sample(writer, "request_size_bytes", "_bucket", "le", "+Inf", calls);
    sample(writer, "request_size_bytes", "_sum", NULL, NULL, requested_bytes);
    sample(writer, "request_size_bytes", "_count", NULL, NULL, calls);
}

static void info(struct mshim_writer *writer, const struct mshim_report *report) {
    const struct {
        const char *label, *value;
    } labels[] = {{"program", report->program},     {"libc", report->libc},
                  {"state", report->state},         {"version", MSHIM_VERSION},
                  {"allocator", report->allocator}, {"allocator_version", report->allocator_version}};
    declare(writer, "process_info", "", "gauge", "the process and what serves it");
    mshim_write_text(writer, "mshim_process_info{pid=\"");
    mshim_write_number(writer, report->pid);
    mshim_write_text(writer, "\"");
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        mshim_write_text(writer, ",");
        mshim_write_text(writer, labels[i].label);
        mshim_write_text(writer, "=");
        mshim_write_label(writer, labels[i].value);
    }
    mshim_write_text(writer, "} 1\n");
}

static void seconds(struct mshim_writer *writer, const char *name, const char *type, const char *help,
                    uint64_t ns) {
    declare(writer, name, "", type, help);
    mshim_write_text(writer, "mshim_");
    mshim_write_text(writer, name);
    mshim_write_text(writer, " ");
    mshim_write_seconds(writer, ns);
    mshim_write_text(writer, "\n");
}

/* Names are those of the table; the section is left out where the name says it all. */
#define PROM_NAME_memory(name)      #name
#define PROM_NAME_realloc(name)     "realloc_" #name
#define PROM_NAME_threads(name)     "threads_" #name
#define PROM_NAME_page_faults(name) "page_faults_" #name
#define PROM_TOTAL                  true
#define PROM_GAUGE                  false

void mshim_report_prom(struct mshim_writer *writer, const struct mshim_report *report) {
    info(writer, report);
    seconds(writer, "wall_seconds", "gauge", "time since the start", report->wall_ns);
    seconds(writer, "cpu_seconds_total", "counter", "CPU time used", report->cpu_ns);
    if (report->counting)
        functions(writer, report->counters);
#define MSHIM_COUNTER(section, name, unit, kind, help)                                                       \
    counter(writer, PROM_NAME_##section(name), PROM_##kind, help, report->counters->section##_##name);
#include <mshim/counters.def>
#undef MSHIM_COUNTER
#define MSHIM_PYTHON_COUNTER(name, kind, help)                                                               \
    python(writer, "python_" #name, PROM_##kind, help, report->counters->python_mem.name,                    \
           report->counters->python_object.name);
#include <mshim/python_counters.def>
#undef MSHIM_PYTHON_COUNTER
    counter(writer, "shim_memory_bytes", false, "memory of the shim itself", report->memory_bytes);
    if (report->counting)
        sizes(writer, report->counters);
}
