/* SPDX-License-Identifier: MIT */
/* One metric family after the other, in it the samples of each process. */
#include "shared/report/prom.h"

#include "shared/base/decimal.h"

#include <string.h>

struct metrics {
    struct mshim_writer *writer;
    const struct mshim_report *reports;
    size_t count;
    bool labelled; /* samples have the labels of their process */
};

/* A metric family. "# HELP" and "# TYPE" are written before its first sample. */
struct family {
    const char *name, *type, *help; /* the name without the prefix mshim_ */
    bool declared;
};

static void declare(const struct metrics *metrics, struct family *family) {
    const char *const parts[] = {"# HELP mshim_", family->name, " ",          family->help, "\n# TYPE mshim_",
                                 family->name,    " ",          family->type, "\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !family->declared; i++)
        mshim_write_text(metrics->writer, parts[i]);
    family->declared = true;
}

struct label {
    const char *name, *value;
};

static void write_labels(struct mshim_writer *writer, const char *separator, const struct label *labels) {
    for (; labels->name; labels++) {
        mshim_write_text(writer, separator);
        mshim_write_text(writer, labels->name);
        mshim_write_text(writer, "=");
        mshim_write_label(writer, labels->value);
        separator = ",";
    }
}

/* Writes a sample up to its value. `suffix`: "_bucket" and so on, of a histogram. `labels` end with a NULL name. */
static void begin_sample(const struct metrics *metrics, const struct mshim_report *report,
                         struct family *family, const char *suffix, const struct label *labels) {
    struct mshim_writer *const writer = metrics->writer;
    const char *separator = "{";
    declare(metrics, family);
    mshim_write_text(writer, "mshim_");
    mshim_write_text(writer, family->name);
    mshim_write_text(writer, suffix);
    if (metrics->labelled) {
        mshim_write_text(writer, "{pid=\"");
        mshim_write_number(writer, report->pid);
        mshim_write_text(writer, "\",program=");
        mshim_write_label(writer, report->program);
        if (report->pid_namespace != MSHIM_ABSENT) {
            mshim_write_text(writer, ",pid_namespace=\"");
            mshim_write_number(writer, report->pid_namespace);
            mshim_write_text(writer, "\"");
        }
        separator = ",";
    }
    write_labels(writer, separator, labels);
    mshim_write_text(writer, metrics->labelled || labels->name ? "} " : " ");
}

static const struct label no_labels[] = {{NULL, NULL}};

static void sample(const struct metrics *metrics, const struct mshim_report *report, struct family *family,
                   const char *suffix, const struct label *labels, uint64_t value) {
    begin_sample(metrics, report, family, suffix, labels);
    mshim_write_number(metrics->writer, value);
    mshim_write_text(metrics->writer, "\n");
}

static uint64_t at_offset(const void *values, size_t offset) {
    return *(const uint64_t *)(const void *)((const char *)values + offset);
}

static void plain(const struct metrics *metrics, const struct mshim_report *report, struct family *family,
                  uint64_t value) {
    if (value != MSHIM_ABSENT)
        sample(metrics, report, family, "", no_labels, value);
}

static void counter(const struct metrics *metrics, struct family family, size_t offset) {
    for (size_t i = 0; i < metrics->count; i++)
        plain(metrics, &metrics->reports[i], &family, at_offset(metrics->reports[i].counters, offset));
}

static void shim_memory(const struct metrics *metrics) {
    struct family family = {"shim_memory_bytes", "gauge", "memory of the shim itself", false};
    for (size_t i = 0; i < metrics->count; i++)
        plain(metrics, &metrics->reports[i], &family, metrics->reports[i].memory_bytes);
}

static void seconds(const struct metrics *metrics, struct family family, size_t offset) {
    for (size_t i = 0; i < metrics->count; i++) {
        const uint64_t ns = at_offset(&metrics->reports[i], offset);
        if (ns == MSHIM_ABSENT)
            continue;
        begin_sample(metrics, &metrics->reports[i], &family, "", no_labels);
        mshim_write_seconds(metrics->writer, ns);
        mshim_write_text(metrics->writer, "\n");
    }
}

static void functions_of(const struct metrics *metrics, const struct mshim_report *report,
                         struct family *family, size_t offset) {
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++) {
        const struct mshim_function_counters *const function = &report->counters->functions[i];
        const uint64_t value = at_offset(function, offset);
        if (function->calls != 0 && value != MSHIM_ABSENT)
            sample(metrics, report, family, "",
                   (struct label[]){{"function", mshim_function_name(i)}, {NULL, NULL}}, value);
    }
}

static void by_function(const struct metrics *metrics, struct family family, size_t offset) {
    for (size_t i = 0; i < metrics->count; i++)
        if (metrics->reports[i].counting)
            functions_of(metrics, &metrics->reports[i], &family, offset);
}

static void share(const struct metrics *metrics, struct family family, size_t offset) {
    for (size_t i = 0; i < metrics->count; i++) {
        const struct mshim_report *const report = &metrics->reports[i];
        if (!mshim_report_has_share(report) || at_offset(report->counters, offset) == MSHIM_ABSENT)
            continue;
        begin_sample(metrics, report, &family, "", no_labels);
        mshim_write_share(metrics->writer, at_offset(report->counters, offset), report->cpu_ns);
        mshim_write_text(metrics->writer, "\n");
    }
}

static void time_of(const struct metrics *metrics, const struct mshim_report *report, struct family *family,
                    const struct label *labels, const struct mshim_function_time *time, size_t offset) {
    if (time->samples == MSHIM_ABSENT)
        return;
    begin_sample(metrics, report, family, "", labels);
    mshim_write_nanoseconds(metrics->writer, at_offset(time, offset));
    mshim_write_text(metrics->writer, "\n");
}

static void times(const struct metrics *metrics, struct family family, size_t offset) {
    for (size_t i = 0; i < metrics->count; i++) {
        const struct mshim_report *const report = &metrics->reports[i];
        if (!report->counting)
            continue;
        for (unsigned f = 0; f < MSHIM_FUNCTIONS; f++)
            time_of(metrics, report, &family,
                    (struct label[]){{"function", mshim_function_name(f)}, {NULL, NULL}},
                    &report->counters->function_times[f], offset);
        time_of(metrics, report, &family, (struct label[]){{"function", "python_mem"}, {NULL, NULL}},
                &report->counters->python_times[0], offset);
        time_of(metrics, report, &family, (struct label[]){{"function", "python_object"}, {NULL, NULL}},
                &report->counters->python_times[1], offset);
        for (unsigned f = 0; f < MSHIM_MEMORY_FUNCTIONS; f++)
            time_of(metrics, report, &family,
                    (struct label[]){{"function", mshim_memory_function_name(f)}, {NULL, NULL}},
                    &report->counters->memory_function_times[f], offset);
    }
}

static void by_domain(const struct metrics *metrics, struct family family, size_t offset) {
    for (size_t i = 0; i < metrics->count; i++) {
        const struct mshim_report *const report = &metrics->reports[i];
        const uint64_t of_mem = at_offset(&report->counters->python_mem, offset),
                       of_object = at_offset(&report->counters->python_object, offset);
        if (of_object == MSHIM_ABSENT)
            continue;
        sample(metrics, report, &family, "", (struct label[]){{"domain", "mem"}, {NULL, NULL}}, of_mem);
        sample(metrics, report, &family, "", (struct label[]){{"domain", "object"}, {NULL, NULL}}, of_object);
    }
}

/* Each bucket is a time series: where there are many processes, one per doubling is enough. */
static bool is_bucket(const struct metrics *metrics, uint64_t to_bytes) {
    return !metrics->labelled || (to_bytes & (to_bytes - 1)) == 0;
}

static void sizes_of(const struct metrics *metrics, const struct mshim_report *report,
                     struct family *family) {
    uint64_t calls = 0, requested_bytes = 0;
    char digits[MSHIM_DECIMAL_BYTES];
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES - 1; i++) {
        const struct mshim_size_class *const size = &report->counters->sizes[i];
        calls += size->calls;
        if (is_bucket(metrics, size->to_bytes))
            sample(metrics, report, family, "_bucket",
                   (struct label[]){{"le", mshim_decimal(size->to_bytes, digits)}, {NULL, NULL}}, calls);
    }
    calls += report->counters->sizes[MSHIM_SIZE_CLASSES - 1].calls;
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++)
        if (report->counters->functions[i].requested_bytes != MSHIM_ABSENT)
            requested_bytes += report->counters->functions[i].requested_bytes;
    sample(metrics, report, family, "_bucket", (struct label[]){{"le", "+Inf"}, {NULL, NULL}}, calls);
    sample(metrics, report, family, "_sum", no_labels, requested_bytes);
    sample(metrics, report, family, "_count", no_labels, calls);
}

static void sizes(const struct metrics *metrics) {
    struct family family = {"request_size_bytes", "histogram", "sizes asked for, by number of calls", false};
    for (size_t i = 0; i < metrics->count; i++)
        if (metrics->reports[i].counting)
            sizes_of(metrics, &metrics->reports[i], &family);
}

static void info(const struct metrics *metrics) {
    struct family family = {"process_info", "gauge", "the process and what serves it", false};
    for (size_t i = 0; i < metrics->count; i++) {
        const struct mshim_report *const report = &metrics->reports[i];
        char digits[MSHIM_DECIMAL_BYTES];
        const char *const pid = mshim_decimal(report->pid, digits);
        const struct label labels[] = {{"pid", pid},
                                       {"program", report->program},
                                       {"libc", report->libc},
                                       {"state", report->state},
                                       {"version", report->version},
                                       {"allocator", report->allocator},
                                       {"allocator_version", report->allocator_version},
                                       {NULL, NULL}};
        /* The first two are labels of all samples already, with `labelled`. */
        sample(metrics, report, &family, "", metrics->labelled ? labels + 2 : labels, 1);
    }
}

/* Names are made of section and name of counters.def; the section "memory" is left out. */
#define PROM_NAME_memory(name)      #name
#define PROM_NAME_realloc(name)     "realloc_" #name
#define PROM_NAME_kernel(name)      "kernel_" #name
#define PROM_NAME_threads(name)     "threads_" #name
#define PROM_NAME_page_faults(name) "page_faults_" #name
#define PROM_SUFFIX_TOTAL           "_total"
#define PROM_SUFFIX_GAUGE           ""
#define PROM_TYPE_TOTAL             "counter"
#define PROM_TYPE_GAUGE             "gauge"
#define FAMILY(name, kind, help)                                                                             \
    (struct family) {                                                                                        \
        name PROM_SUFFIX_##kind, PROM_TYPE_##kind, help, false                                               \
    }
#define OF_FUNCTION(field) offsetof(struct mshim_function_counters, field)

static void write_metrics(const struct metrics *metrics) {
    info(metrics);
    seconds(metrics, FAMILY("wall_seconds", GAUGE, "time since the start"),
            offsetof(struct mshim_report, wall_ns));
    seconds(metrics, FAMILY("cpu_seconds", TOTAL, "CPU time used"), offsetof(struct mshim_report, cpu_ns));
    seconds(metrics, FAMILY("system_cpu_seconds", TOTAL, "CPU time used by the kernel for the process"),
            offsetof(struct mshim_report, system_cpu_ns));
    by_function(metrics, FAMILY("calls", TOTAL, "calls of a function"), OF_FUNCTION(calls));
    by_function(metrics, FAMILY("failures", TOTAL, "calls of a function that failed"), OF_FUNCTION(failures));
    by_function(metrics, FAMILY("requested_bytes", TOTAL, "bytes asked of a function"),
                OF_FUNCTION(requested_bytes));
#define MSHIM_COUNTER(section, name, unit, kind, help)                                                       \
    counter(metrics, FAMILY(PROM_NAME_##section(name), kind, help),                                          \
            offsetof(struct mshim_counters, section##_##name));
#include <mshim/counters.def>
#undef MSHIM_COUNTER
#define MSHIM_PYTHON_COUNTER(name, kind, help)                                                               \
    by_domain(metrics, FAMILY("python_" #name, kind, help), offsetof(struct mshim_python_counters, name));
#include <mshim/python_counters.def>
#undef MSHIM_PYTHON_COUNTER
    share(metrics, FAMILY("time_allocation_share", GAUGE, "part of the CPU time that allocation calls take"),
          offsetof(struct mshim_counters, time_allocation_ns));
    share(metrics, FAMILY("time_allocation_share_error", GAUGE, "error of the part, at 95 %"),
          offsetof(struct mshim_counters, time_allocation_error_ns));
    share(metrics, FAMILY("time_memory_share", GAUGE, "part of the CPU time that memory functions take"),
          offsetof(struct mshim_counters, time_memory_ns));
    share(metrics, FAMILY("time_memory_share_error", GAUGE, "error of the part, at 95 %"),
          offsetof(struct mshim_counters, time_memory_error_ns));
    times(metrics, FAMILY("time_p50_seconds", GAUGE, "time that half of the calls do not exceed"),
          offsetof(struct mshim_function_time, p50_ns));
    times(metrics, FAMILY("time_p99_seconds", GAUGE, "time that 99 % of the calls do not exceed"),
          offsetof(struct mshim_function_time, p99_ns));
    times(metrics, FAMILY("time_max_seconds", GAUGE, "longest of the calls that were timed"),
          offsetof(struct mshim_function_time, max_ns));
    shim_memory(metrics);
    sizes(metrics);
}

void mshim_report_prom(struct mshim_writer *writer, const struct mshim_report *report) {
    write_metrics(&(struct metrics){writer, report, 1, false});
}

void mshim_report_prom_all(struct mshim_writer *writer, const struct mshim_report *reports, size_t count) {
    write_metrics(&(struct metrics){writer, reports, count, true});
}
