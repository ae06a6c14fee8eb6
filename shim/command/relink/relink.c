/* SPDX-License-Identifier: MIT */
#include "command/relink/relink.h"
#include "command/relink/undo_make.h"

#include <string.h>

/* What is known of the file. */
struct parts {
    struct mshim_elf_image image;
    struct mshim_relocations relocations;
    struct mshim_callees callees;
    struct mshim_code code;
    struct mshim_edits edits;
};

static bool plan(struct parts *parts, struct mshim_relinked *relinked, const struct mshim_others *others,
                 bool keep_tls, struct mshim_reason *reason) {
    const struct mshim_elf_image *image = &parts->image;
    if (!mshim_elf_image_parse(&parts->image, reason) ||
        !mshim_relocations_read(&parts->relocations, image, reason) ||
        !mshim_callees_read(&parts->callees, image, reason) ||
        !mshim_code_read(&parts->code, image, &parts->relocations, reason))
        return false;
    mshim_callees_compare_own(&parts->callees);
    for (size_t i = 0; i < others->count; i++)
        mshim_callees_compare(&parts->callees, others->image[i]);
    relinked->keeps_tls = keep_tls;
    relinked->left_bytes = parts->code.left_bytes;
    return mshim_calls_plan(&relinked->calls, &parts->edits, &parts->code, &parts->relocations,
                            &parts->callees, reason) &&
           (keep_tls || mshim_tls_accesses_plan(&relinked->tls_accesses, &parts->edits, &parts->code,
                                                &parts->relocations, &parts->callees, reason)) &&
           mshim_edits_sort(&parts->edits, image, reason);
}

static bool make(struct mshim_relinked *relinked, const struct mshim_elf_image *image,
                 const struct mshim_edits *edits, struct mshim_reason *reason) {
    struct mshim_undo undo = {0};
    relinked->edits = edits->count;
    relinked->size = image->size;
    relinked->bytes = malloc(image->size);
    if (!relinked->bytes)
        return mshim_refuse(reason, "not enough memory");
    memcpy(relinked->bytes, image->bytes, image->size);
    if (edits->count == 0)
        return true;
    mshim_edits_apply(edits, relinked->bytes);
    bool made = mshim_undo_make(&undo, image, relinked->bytes, edits, reason);
    unsigned char *grown = made ? realloc(relinked->bytes, image->size + undo.size) : NULL;
    if (grown) {
        memcpy(grown + image->size, undo.bytes, undo.size);
        relinked->bytes = grown;
        relinked->undo_bytes = undo.size;
        relinked->size += undo.size;
    } else if (made) {
        made = mshim_refuse(reason, "not enough memory");
    }
    mshim_undo_drop(&undo);
    return made;
}

bool mshim_relink(struct mshim_relinked *relinked, unsigned char *bytes, size_t size,
                  const struct mshim_others *others, bool keep_tls, struct mshim_reason *reason) {
    struct parts parts = {.image = {.bytes = bytes, .size = size}};
    *relinked = (struct mshim_relinked){0};
    const bool done = plan(&parts, relinked, others, keep_tls, reason) &&
                      make(relinked, &parts.image, &parts.edits, reason);
    mshim_edits_drop(&parts.edits);
    mshim_code_drop(&parts.code);
    mshim_callees_drop(&parts.callees);
    mshim_relocations_drop(&parts.relocations);
    mshim_elf_image_drop(&parts.image);
    return done;
}

void mshim_relinked_drop(struct mshim_relinked *relinked) {
    free(relinked->bytes);
    mshim_tls_accesses_drop(&relinked->tls_accesses);
    *relinked = (struct mshim_relinked){0};
}
