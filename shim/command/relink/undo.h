/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_UNDO_H
#define MSHIM_COMMAND_RELINK_UNDO_H

/*
 * What brings a relinked file back: appended behind its last byte, where no loader and no linker looks.
 *
 * It keeps the places of the edits; what stood there follows from what stands there now, and from a list that
 * tells the PLT's entry of each function. Checksums of the file before and after say whether it is still the
 * same.
 */

#include "command/relink/edits.h"

struct mshim_undo {
    unsigned char *bytes;
    size_t size, room;
};

/* `before` is the file, `edits` (sorted) have not been applied yet, `after` is the same file with them. */
bool mshim_undo_make(struct mshim_undo *undo, const struct mshim_image *before, const unsigned char *after,
                     const struct mshim_edits *edits, struct mshim_reason *reason);
void mshim_undo_drop(struct mshim_undo *undo);

enum mshim_undo_state {
    MSHIM_UNDO_NONE, /* there is no such data behind the file */
    MSHIM_UNDO_BROKEN,
    MSHIM_UNDO_DONE,
};

/* Restores a relinked file in place, *size to the original's. Where it is broken, with the reason, the bytes
 * are of no use. */
enum mshim_undo_state mshim_undo_apply(unsigned char *bytes, size_t *size, struct mshim_reason *reason);

#endif
