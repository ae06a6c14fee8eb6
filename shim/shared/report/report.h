/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_REPORT_REPORT_H
#define MSHIM_SHARED_REPORT_REPORT_H

/* What a report is made of, whatever its format: a process and its counters. Numbers may be MSHIM_ABSENT and are left out
 * then. */

#include "shared/options/options.h"

#include <mshim.h>

struct mshim_rates; /* rates.h */

/* Text and what is pointed to belongs to the caller. */
struct mshim_report {
    uint64_t pid, parent_pid;
    uint64_t pid_namespace;             /* in which `pid` is meant; MSHIM_ABSENT: that of the reader */
    uint64_t forked_from_pid;           /* the process with the shim that it was forked from */
    const char *program, *libc, *state; /* "running", "ended", "died" */
    uint64_t wall_ns, cpu_ns;           /* MSHIM_ABSENT if not known of a process that has died */
    uint64_t system_cpu_ns;             /* the part of cpu_ns spent in the kernel */
    const char *version, *allocator, *allocator_version;
    const struct mshim_options *options;
    uint64_t memory_bytes; /* of the shim itself */
    bool counting;         /* false: counters are off, there is only what the kernel knows */
    const struct mshim_counters *counters;
    const struct mshim_rates *rates; /* since an earlier report; NULL: there is none */
};

/* Is the share of CPU time spent in allocation calls known? */
bool mshim_report_has_share(const struct mshim_report *report);

/* The size class of the most calls; MSHIM_SIZE_CLASSES if there was no call. */
unsigned mshim_report_main_size_class(const struct mshim_report *report);

/* Limits retained bytes, which were published at another time than the rest, to what is resident and not live. */
void mshim_report_bound_retained(struct mshim_counters *counters);

const char *mshim_function_name(enum mshim_function function);
const char *mshim_memory_function_name(enum mshim_memory_function function);

#endif
