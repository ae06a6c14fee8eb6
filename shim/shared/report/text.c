/* SPDX-License-Identifier: MIT */
#include "shared/report/text.h"

#include "shared/report/figures.h"
#include "shared/report/rates.h"
#include "shared/report/verdict.h"

static void seconds(struct mshim_writer *writer, const char *what, uint64_t ns) {
    if (ns == MSHIM_ABSENT)
        return;
    mshim_write_text(writer, what);
    mshim_write_seconds(writer, ns);
    mshim_write_text(writer, " s");
}

void mshim_report_title(struct mshim_writer *writer, const struct mshim_report *report) {
    const char *const parts[] = {" (",
                                 report->libc,
                                 ", ",
                                 report->state,
                                 "), mshim ",
                                 report->version,
                                 ", allocator ",
                                 report->allocator,
                                 " ",
                                 report->allocator_version,
                                 "\n"};
    mshim_write_visible(writer, report->program);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        mshim_write_text(writer, parts[i]);
    mshim_write_text(writer, "process ");
    mshim_write_number(writer, report->pid);
    mshim_write_text(writer, ", parent ");
    mshim_write_number(writer, report->parent_pid);
    if (report->forked_from_pid != MSHIM_ABSENT) {
        mshim_write_text(writer, ", forked from ");
        mshim_write_number(writer, report->forked_from_pid);
    }
    seconds(writer, ", wall ", report->wall_ns);
    seconds(writer, ", CPU ", report->cpu_ns);
    seconds(writer, ", of this in the kernel ", report->system_cpu_ns);
    mshim_write_text(writer, "\n");
}

static void functions(struct mshim_writer *writer, const struct mshim_counters *counters) {
    mshim_write_text(writer, "\nfunction                      calls        failures   requested bytes\n");
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++) {
        const struct mshim_function_counters *function = &counters->functions[i];
        if (function->calls == 0)
            continue;
        mshim_write_column(writer, mshim_function_name(i), 20);
        mshim_write_padded(writer, function->calls, 15);
        mshim_write_padded(writer, function->failures, 16);
        if (function->requested_bytes != MSHIM_ABSENT)
            mshim_write_padded(writer, function->requested_bytes, 18);
        mshim_write_text(writer, "\n");
    }
}

static void counter(struct mshim_writer *writer, const char *section, const char *name, uint64_t value,
                    const char *help) {
    if (value == MSHIM_ABSENT)
        return;
    mshim_write_column(writer, section, 15);
    mshim_write_column(writer, name, 22);
    mshim_write_padded(writer, value, 18);
    mshim_write_text(writer, "  ");
    mshim_write_text(writer, help);
    mshim_write_text(writer, "\n");
}

static void time_of(struct mshim_writer *writer, const char *name, const struct mshim_function_time *time) {
    if (time->samples == MSHIM_ABSENT)
        return;
    mshim_write_column(writer, name, 20);
    mshim_write_padded(writer, time->samples, 15);
    mshim_write_padded(writer, time->p50_ns, 12);
    mshim_write_padded(writer, time->p99_ns, 12);
    mshim_write_padded(writer, time->max_ns, 14);
    mshim_write_text(writer, "\n");
}

static void share(struct mshim_writer *writer, const struct mshim_report *report, const char *of, uint64_t ns,
                  uint64_t error_ns) {
    mshim_write_text(writer, "\ntime in ");
    mshim_write_text(writer, of);
    mshim_write_text(writer, ": ");
    mshim_write_text(writer, mshim_figure_percent(mshim_thousandths(ns, report->cpu_ns)).text);
    mshim_write_text(writer, " % of the CPU time, +- ");
    mshim_write_text(writer, mshim_figure_percent(mshim_thousandths(error_ns, report->cpu_ns)).text);
}

static void times(struct mshim_writer *writer, const struct mshim_report *report) {
    const struct mshim_counters *counters = report->counters;
    if (counters->time_allocation_ns == MSHIM_ABSENT)
        return;
    if (mshim_report_has_share(report)) {
        share(writer, report, "allocation calls", counters->time_allocation_ns,
              counters->time_allocation_error_ns);
        if (counters->time_memory_ns != MSHIM_ABSENT)
            share(writer, report, "memory functions", counters->time_memory_ns,
                  counters->time_memory_error_ns);
        mshim_write_text(writer, "\n");
    }
    mshim_write_text(writer, "\ntime a call          timed calls      p50 ns      p99 ns        max ns\n");
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++)
        time_of(writer, mshim_function_name(i), &counters->function_times[i]);
    time_of(writer, "python mem", &counters->python_times[0]);
    time_of(writer, "python object", &counters->python_times[1]);
    for (unsigned i = 0; i < MSHIM_MEMORY_FUNCTIONS; i++)
        time_of(writer, mshim_memory_function_name(i), &counters->memory_function_times[i]);
}

static void sizes(struct mshim_writer *writer, const struct mshim_counters *counters) {
    mshim_write_text(writer, "\nsize: from              to           calls\n");
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++) {
        const struct mshim_size_class *size = &counters->sizes[i];
        if (size->calls == 0)
            continue;
        mshim_write_padded(writer, size->from_bytes, 10);
        if (size->to_bytes == UINT64_MAX)
            mshim_write_text(writer, "        and more");
        else
            mshim_write_padded(writer, size->to_bytes, 16);
        mshim_write_padded(writer, size->calls, 16);
        mshim_write_text(writer, "\n");
    }
}

void mshim_report_tables(struct mshim_writer *writer, const struct mshim_report *report) {
    if (report->counting)
        functions(writer, report->counters);
    mshim_write_text(writer, "\n");
#define MSHIM_COUNTER(section, name, unit, kind, help)                                                       \
    counter(writer, #section, #name, report->counters->section##_##name, help);
#include <mshim/counters.def>
#undef MSHIM_COUNTER
#define MSHIM_PYTHON_COUNTER(name, kind, help)                                                               \
    counter(writer, "python mem", #name, report->counters->python_mem.name, help);                           \
    counter(writer, "python object", #name, report->counters->python_object.name, help);
#include <mshim/python_counters.def>
#undef MSHIM_PYTHON_COUNTER
    counter(writer, "shim", "memory_bytes", report->memory_bytes, "memory of the shim itself");
    if (report->counting) {
        times(writer, report);
        sizes(writer, report->counters);
    }
}

void mshim_report_text(struct mshim_writer *writer, const struct mshim_report *report) {
    mshim_report_title(writer, report);
    mshim_report_tables(writer, report);
    mshim_report_verdict(writer, report);
}
