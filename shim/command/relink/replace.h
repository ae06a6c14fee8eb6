/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_REPLACE_H
#define MSHIM_COMMAND_RELINK_REPLACE_H

#include "command/relink/file.h"

/*
 * Replaces the contents of the file, or of `target` if that is not NULL, in one step: other processes see the
 * old contents or the new, and those that have the old file open keep it. Owner, mode, times and extended
 * attributes are those of the file; a different `target` does without those that this user may not set.
 *
 * False, with the reason, where that is not possible; nothing is left behind then. A file is not replaced if
 * it has changed since it was read, or if it has more than one hard link, as the other names would keep the
 * old contents.
 */
bool mshim_file_replace(const struct mshim_file *file, const char *target, const void *bytes, size_t size,
                        struct mshim_reason *reason);

#endif
