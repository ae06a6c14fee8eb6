/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_STATS_FILE_IDENTITY_H
#define MSHIM_LIBRARY_STATS_FILE_IDENTITY_H

/* Which process this is, among all that were or will be on this machine. */

#include <mshim/stats.h>
#include <stdbool.h>
#include <sys/types.h>

/* Fills pid, parent_pid, pid_namespace, start_ticks, boot_id and id. Allocates nothing, fit for a forked
 * child. */
void mshim_identity_fill(struct mshim_stats *stats);

/* The id of this process, also where counters are off. */
uint64_t mshim_identity_id(void);

/* Of another process: its state as /proc/PID/stat has it ('Z': it has ended and nobody has waited for it) and its
 * start time. False where they cannot be read. */
bool mshim_identity_of(pid_t pid, char *state, uint64_t *start_ticks);

#endif
