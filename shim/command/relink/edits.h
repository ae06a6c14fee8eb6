/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_EDITS_H
#define MSHIM_COMMAND_RELINK_EDITS_H

/* What is to be changed in a file: pieces of it, each replaced by as many bytes. */

#include "command/relink/elf_image.h"

enum { MSHIM_EDIT_BYTES = 64 };

struct mshim_edit {
    size_t offset;
    unsigned size;
    unsigned char now[MSHIM_EDIT_BYTES]; /* the new contents */
    /* How the old contents follow from the new, so that the undo data need not hold them. */
    enum mshim_edit_kind { MSHIM_EDIT_DATA, MSHIM_EDIT_CALL, MSHIM_EDIT_TLS_ACCESS } kind;
    unsigned sequence;   /* of a TLS access: tls_sequences.h */
    uint64_t old_target; /* of a call: the PLT entry, or the GOT slot */
};

struct mshim_edits {
    struct mshim_edit *edit;
    size_t count, capacity;
};

bool mshim_edits_add(struct mshim_edits *edits, const struct mshim_edit *edit, struct mshim_reason *reason);

/* Sorts them by offset. False where two of them overlap or one leaves the file. */
bool mshim_edits_sort(struct mshim_edits *edits, const struct mshim_elf_image *image,
                      struct mshim_reason *reason);

void mshim_edits_apply(const struct mshim_edits *edits, unsigned char *bytes);
void mshim_edits_drop(struct mshim_edits *edits);

#endif
