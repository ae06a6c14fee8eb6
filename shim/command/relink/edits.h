/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_EDITS_H
#define MSHIM_COMMAND_RELINK_EDITS_H

/* What is to be changed in a file: a list of bytes to be replaced by as many others. */

#include "command/relink/image.h"

enum { MSHIM_EDIT_BYTES = 16 };

struct mshim_edit {
    size_t offset;
    unsigned size;
    unsigned char now[MSHIM_EDIT_BYTES]; /* what is to stand there */
    /* For undo.c, which need not keep the bytes of what it knows how to restore. */
    enum mshim_edit_kind { MSHIM_EDIT_DATA, MSHIM_EDIT_CALL, MSHIM_EDIT_LOOKUP } kind;
    unsigned form;       /* of a look-up: forms.h */
    uint64_t old_target; /* of a call: the entry of the PLT, or the slot */
};

struct mshim_edits {
    struct mshim_edit *edit;
    size_t count, room;
};

bool mshim_edits_add(struct mshim_edits *edits, const struct mshim_edit *edit, struct mshim_reason *reason);

/* Sorts them by offset. False where two of them overlap or one leaves the file. */
bool mshim_edits_sort(struct mshim_edits *edits, const struct mshim_image *image,
                      struct mshim_reason *reason);

void mshim_edits_apply(const struct mshim_edits *edits, unsigned char *bytes);
void mshim_edits_drop(struct mshim_edits *edits);

#endif
