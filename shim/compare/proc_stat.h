/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMPARE_PROC_STAT_H
#define MSHIM_COMPARE_PROC_STAT_H

/* What /proc/PID/stat says of a process. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct mshim_proc_stat {
    bool has_ended; /* and was not waited for yet */
    pid_t parent;
    uint64_t cpu_ticks;     /* user and system time of all its threads */
    uint64_t started_ticks; /* since the machine was started */
};

/* False where there is no such process. */
bool mshim_proc_stat_read(struct mshim_proc_stat *stat, pid_t pid);

#endif
