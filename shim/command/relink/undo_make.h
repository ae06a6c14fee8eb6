/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_UNDO_MAKE_H
#define MSHIM_COMMAND_RELINK_UNDO_MAKE_H

/*
 * Makes the undo data, which bring a relinked file back. They are appended to the file, where no loader and
 * no linker looks, and keep the places of the edits: what was there follows from what is there now, and from
 * a list of the PLT entry of each function.
 */

#include "command/relink/edits.h"

struct mshim_undo {
    unsigned char *bytes;
    size_t size, capacity;
};

/* `before` is the original, `after` the same file with the edits, which are sorted. */
bool mshim_undo_make(struct mshim_undo *undo, const struct mshim_elf_image *before,
                     const unsigned char *after, const struct mshim_edits *edits,
                     struct mshim_reason *reason);
void mshim_undo_drop(struct mshim_undo *undo);

#endif
