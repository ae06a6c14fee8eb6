/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FRONTEND_REPORT_H
#define MSHIM_COMMAND_RELINK_FRONTEND_REPORT_H

/* What `mshim relink` reports about a file. */

#include "command/relink/frontend/target.h"
#include "command/relink/relink.h"

/* Prints what was relinked, or with `done` false what can be, and what stays, in indented lines. */
void mshim_relink_report(const struct mshim_relink_target *target, const struct mshim_relinked *relinked,
                         bool done);

#endif
