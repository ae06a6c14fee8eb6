/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_STATS_IDENTITY_H
#define MSHIM_COMMAND_INSPECT_STATS_IDENTITY_H

/* Whose stats file is it? A file says which process it is of; anybody can write one that says so of any
 * process. */

#include "command/inspect/stats_file.h"

enum mshim_identity {
    MSHIM_IDENTITY_PROVEN,  /* the process has mapped this very file, or owns it where its mappings cannot be
                               seen */
    MSHIM_IDENTITY_CLAIMED, /* nothing speaks against it, and it cannot be proven: its process is dead, or not
                               to be seen from here */
    MSHIM_IDENTITY_FALSE,
};

/* Of a file that was read into `*copy`. A process in another namespace of process ids is known by the lock
 * that it holds on the file, where that is to be seen. */
enum mshim_identity mshim_stats_identify(const struct mshim_stats_copy *copy, const struct stat *file);

/* Is the running process `pid` (as it is called here) the one that the file is of, which says so? */
bool mshim_stats_is_of(const struct stat *file, pid_t pid);

#endif
