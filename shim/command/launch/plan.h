/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_PLAN_H
#define MSHIM_COMMAND_LAUNCH_PLAN_H

/* How a command is started under the shim: what `mshim run` does and `mshim check -- CMD` tells. */

#include "command/launch/target.h"
#include "shared/options/options.h"

struct mshim_plan {
    struct mshim_options options; /* from the environment */
    struct mshim_target target;
    struct mshim_library library;
    char why[3 * PATH_MAX]; /* it cannot be: a sentence without its full stop */
};

/* Returns MSHIM_DONE, or with `why` MSHIM_NOT_FOUND or MSHIM_CANNOT_RUN. Leaves the options alone. */
int mshim_plan_make(struct mshim_plan *plan, char *const *argv);

/* Reads the MSHIM_* variables of this process. False, with a message for each, if there is one that cannot be
 * used. */
bool mshim_plan_read_options(struct mshim_plan *plan);

/* Can the folder of a report be written to? If not the reason is in `why`. */
bool mshim_report_possible(const char *path, char *why, size_t size);

/* Name and version of an allocator in a library of that version: "mimalloc 2.0.9"; the version is left out
 * where it is not that of this command. */
const char *mshim_allocator_title(unsigned allocator, const char *library_version);

#endif
