/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_UNDO_APPLY_H
#define MSHIM_COMMAND_RELINK_UNDO_APPLY_H

#include "command/relink/reason.h"

#include <stddef.h>

enum mshim_undo_state {
    MSHIM_UNDO_NONE, /* the file has no undo data */
    MSHIM_UNDO_BROKEN,
    MSHIM_UNDO_DONE,
};

/* Restores a relinked file in place, and sets *size to the original's. If MSHIM_UNDO_BROKEN, with the reason,
 * the bytes are useless. */
enum mshim_undo_state mshim_undo_apply(unsigned char *bytes, size_t *size, struct mshim_reason *reason);

#endif
