/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_REPORT_H
#define MSHIM_SHARED_REPORT_REPORT_H

/* A process and its counters, as text, JSON (format 1) or Prometheus' text. A value that is MSHIM_ABSENT is
 * left out. */

#include "shared/options/options.h"
#include "shared/base/writer.h"

#include <mshim.h>

struct mshim_report {
    uint64_t pid, parent_pid;
    uint64_t pid_namespace;   /* whose `pid` it is; MSHIM_ABSENT where it is that of who reads */
    uint64_t forked_from_pid; /* MSHIM_ABSENT where it was not forked from a process with the shim */
    const char *program, *libc, *state; /* "running", "ended", "died" */
    uint64_t wall_ns, cpu_ns;           /* MSHIM_ABSENT where a dead process took it along */
    uint64_t system_cpu_ns;             /* the kernel's part of cpu_ns */
    const char *version, *allocator, *allocator_version;
    const struct mshim_options *options;
    uint64_t memory_bytes; /* the shim's own */
    bool counting;         /* with counters off only what the kernel knows is there */
    const struct mshim_counters *counters;
    const struct mshim_rates *rates; /* rates.h; NULL: there is no earlier reading */
};

enum mshim_report_format { MSHIM_REPORT_TEXT, MSHIM_REPORT_JSON, MSHIM_REPORT_PROM };

/* By the ending of the path: .json, .prom, else text. */
enum mshim_report_format mshim_report_format_of(const char *path);

void mshim_report_write(struct mshim_writer *writer, enum mshim_report_format format,
                        const struct mshim_report *report);

/* What the formats share. */
/* Is the time in allocation calls known, and the CPU time that it is a share of? */
bool mshim_report_has_share(const struct mshim_report *report);
const char *mshim_function_name(enum mshim_function function);
const char *mshim_memory_function_name(enum mshim_memory_function function);
/* What is retained was told at another moment than the rest: no more can be than is resident and not live. */
void mshim_report_bound_retained(struct mshim_counters *counters);
/* The class that most calls asked for; MSHIM_SIZE_CLASSES where there was no call. */
unsigned mshim_report_main_size_class(const struct mshim_report *report);
void mshim_report_json(struct mshim_writer *writer, const struct mshim_report *report);
void mshim_report_prom(struct mshim_writer *writer, const struct mshim_report *report);
/* Of many processes: each family of metrics once, each sample with the labels pid and program,
 * and with that of the namespace where it is another one: many containers have a process 1. */
void mshim_report_prom_all(struct mshim_writer *writer, const struct mshim_report *reports, size_t count);
/* The end of the text: what the numbers say, in words. */
void mshim_report_verdict(struct mshim_writer *writer, const struct mshim_report *report);
void mshim_report_text(struct mshim_writer *writer, const struct mshim_report *report);

#endif
