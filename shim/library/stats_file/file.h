/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_STATS_FILE_FILE_H
#define MSHIM_LIBRARY_STATS_FILE_FILE_H

/* How a stats file is made, and what a former image of this process left. */

#include <mshim/stats.h>
#include <stdbool.h>

/*
 * Makes the file of `*stats` with its contents, `whole_bytes` long, the first `reserved_bytes` backed by
 * storage so that writing there cannot fail, and locks it. It appears under its name when all that is done;
 * where the filesystem or a missing /proc does not allow that, it is there before, without its magic.
 *
 * `untimed`: there is no timing in it yet, as in a forked child, so it need not be written.
 *
 * What was there under that name is replaced: it is of this very process. Returns a descriptor, to be mapped
 * and closed, or -1 with errno, and leaves nothing behind.
 */
int mshim_stats_file_make(int folder, const char *name, const struct mshim_stats *stats, size_t whole_bytes,
                          size_t reserved_bytes, bool untimed);

/* The parent_id in the stats file of this id, which this process wrote as another program before exec; 0
 * where there is none. */
uint64_t mshim_stats_file_former_parent(int folder, const char *name, uint64_t id);

#endif
