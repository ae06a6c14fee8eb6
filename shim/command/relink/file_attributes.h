/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FILE_ATTRIBUTES_H
#define MSHIM_COMMAND_RELINK_FILE_ATTRIBUTES_H

/* What a file has besides its contents. */

#include "command/relink/reason.h"

#include <sys/stat.h>

/*
 * Gives `to` the owner, mode, times and extended attributes (access control lists and capabilities among
 * them) of `from`. With `all` false, it does without an owner or attributes that this user or the file system
 * does not allow, and without the set-user-ID and set-group-ID bits if the owner is not kept.
 */
bool mshim_file_attributes_copy(int to, int from, const struct stat *status, bool all,
                                struct mshim_reason *reason);

#endif
