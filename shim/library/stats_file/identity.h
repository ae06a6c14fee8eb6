/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_STATS_FILE_IDENTITY_H
#define MSHIM_LIBRARY_STATS_FILE_IDENTITY_H

/* Which process this is, among all that were or will be on this machine, and the name of its page's file. */

#include "shared/stats/name.h"

#include <mshim/stats.h>

/* Fills pid, parent_pid, pid_namespace, start_ticks, boot_id and id. Allocates nothing, fit for a forked
 * child. */
void mshim_identity_fill(struct mshim_stats *stats);

/* "PID-ID.page", the id as 16 hexadecimal digits. */
void mshim_identity_name(const struct mshim_stats *stats, char name[MSHIM_STATS_NAME_BYTES]);

#endif
