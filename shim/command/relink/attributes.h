/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_ATTRIBUTES_H
#define MSHIM_COMMAND_RELINK_ATTRIBUTES_H

/* What a file has beside its contents. */

#include "command/relink/reason.h"

#include <sys/stat.h>

/*
 * Gives `to` the owner, mode, extended attributes (access lists and capabilities are such) and times of
 * `from`. With `all` false, for another file than the same one, it does without the owner and the attributes
 * that this user or the file system does not allow, and without set-user-ID and set-group-ID then.
 */
bool mshim_attributes_copy(int to, int from, const struct stat *status, bool all,
                           struct mshim_reason *reason);

#endif
