/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_CGROUP_H
#define MSHIM_COMMAND_COMPARE_CGROUP_H

/*
 * A control group (version 2) of a run's own, where one can be made: below the group that this process is in,
 * or beside it where that group sets no limit that the run would escape. It must know its memory's peak
 * (Linux 5.19).
 */

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct mshim_cgroup {
    char path[PATH_MAX]; /* "": there is none */
};

/* Makes a group; false where it cannot. */
bool mshim_cgroup_make(struct mshim_cgroup *group);

/* Moves a process into it. */
bool mshim_cgroup_enter(const struct mshim_cgroup *group, pid_t pid);

/* Bytes; NAN where it is unknown. */
double mshim_cgroup_peak(const struct mshim_cgroup *group);

/* Bytes of now; NAN where they are unknown. */
double mshim_cgroup_current(const struct mshim_cgroup *group);

/* Kills whoever is in it and removes it. */
void mshim_cgroup_remove(struct mshim_cgroup *group);

#endif
