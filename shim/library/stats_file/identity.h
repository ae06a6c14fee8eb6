/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_STATS_FILE_IDENTITY_H
#define MSHIM_LIBRARY_STATS_FILE_IDENTITY_H

/* Which process this is, among all that were or will be on this machine. */

#include <mshim/stats.h>

/* Fills pid, parent_pid, pid_namespace, start_ticks, boot_id and id. Allocates nothing, fit for a forked
 * child. */
void mshim_identity_fill(struct mshim_stats *stats);

#endif
