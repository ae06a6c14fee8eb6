/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FRONTEND_REPORT_H
#define MSHIM_COMMAND_RELINK_FRONTEND_REPORT_H

/* What `mshim relink` tells of a file. */

#include "command/relink/frontend/target.h"
#include "command/relink/relink.h"

/* What is different and what is not, in lines that are indented. `done` is false where it only could be. */
void mshim_relink_report(const struct mshim_relink_target *target, const struct mshim_relinked *relinked,
                         bool done);

#endif
