/* SPDX-License-Identifier: MIT */
#include "command/relink/edits.h"
#include "command/relink/list.h"

#include <stdlib.h>
#include <string.h>

bool mshim_edits_add(struct mshim_edits *edits, const struct mshim_edit *edit, struct mshim_reason *reason) {
    void *const grown = mshim_list_grow(edits->edit, edits->count, &edits->capacity, sizeof *edits->edit);
    if (!grown)
        return mshim_refuse(reason, "not enough memory");
    edits->edit = grown;
    edits->edit[edits->count++] = *edit;
    return true;
}

static int by_offset(const void *a, const void *b) {
    const struct mshim_edit *const one = a, *const other = b;
    return one->offset < other->offset ? -1 : one->offset > other->offset;
}

bool mshim_edits_sort(struct mshim_edits *edits, const struct mshim_elf_image *image,
                      struct mshim_reason *reason) {
    if (edits->count > 0)
        qsort(edits->edit, edits->count, sizeof *edits->edit, by_offset);
    size_t end = 0;
    for (size_t i = 0; i < edits->count; i++) {
        const struct mshim_edit *edit = &edits->edit[i];
        if (edit->offset < end || edit->size > image->size || edit->offset > image->size - edit->size)
            return mshim_refuse(reason, "its tables overlap at offset 0x%zx", edit->offset);
        end = edit->offset + edit->size;
    }
    return true;
}

void mshim_edits_apply(const struct mshim_edits *edits, unsigned char *bytes) {
    for (size_t i = 0; i < edits->count; i++)
        memcpy(bytes + edits->edit[i].offset, edits->edit[i].now, edits->edit[i].size);
}

void mshim_edits_drop(struct mshim_edits *edits) {
    free(edits->edit);
    *edits = (struct mshim_edits){0};
}
