/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_PROC_STAT_H
#define MSHIM_COMMAND_INSPECT_PROC_STAT_H

/* What /proc/PID/stat says of a process. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mshim_proc_stat {
    bool has_ended; /* and was not waited for yet */
    pid_t parent;
    uint64_t minor_faults, major_faults;
    uint64_t user_ticks, system_ticks; /* CPU time of all its threads */
    uint64_t started_ticks;            /* since the machine was started */
    uint64_t resident_pages;
};

/* The beginning of /proc/PID/NAME, in one read; false, and the text is empty, where it cannot be read.
 * Without stdio, which maps memory for each file: `mshim top` reads thousands. */
bool mshim_proc_text_read(pid_t pid, const char *name, char *text, size_t size);

/* False where there is no such process. */
bool mshim_proc_stat_read(struct mshim_proc_stat *stat, pid_t pid);

#endif
