/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_PLAN_H
#define MSHIM_COMMAND_LAUNCH_PLAN_H

/* How a command is started under the shim: what `mshim run` does and `mshim check -- CMD` reports. */

#include "command/launch/target.h"
#include "shared/options/options.h"

struct mshim_plan {
    struct mshim_options options; /* from the environment */
    struct mshim_target target;
    struct mshim_library library;
    char why[3 * PATH_MAX]; /* it cannot be: sentences without their full stops, one a line */
};

/* Leaves the options alone. False, with `why`: the command cannot be found or started, or the shim cannot be
 * active in it. */
bool mshim_plan_make(struct mshim_plan *plan, char *const *argv);

/* Reads the MSHIM_* variables of this process. False, with a line in `why` for each value that is invalid. */
bool mshim_plan_read_options(struct mshim_plan *plan);

/* Can a report be written to this path? If not the reason is in `why`. */
bool mshim_report_possible(const char *path, char *why, size_t size);

/* Name and version of an allocator in a library of that version: "mimalloc 2.0.9"; the version is left out
 * where it is not that of this command. */
const char *mshim_allocator_title(unsigned allocator, const char *library_version);

#endif
