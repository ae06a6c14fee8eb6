/* SPDX-License-Identifier: MIT */
#include "command/relink/relink.h"
#include "command/relink/undo.h"

#include <string.h>

/* All that is known of the file. */
struct parts {
    struct mshim_image image;
    struct mshim_slots slots;
    struct mshim_functions functions;
    struct mshim_code code;
    struct mshim_edits edits;
};

static bool plan(struct parts *parts, struct mshim_relinked *relinked, const struct mshim_others *others,
                 bool keep_lookups, struct mshim_reason *reason) {
    const struct mshim_image *image = &parts->image;
    if (!mshim_image_parse(&parts->image, reason) || !mshim_slots_read(&parts->slots, image, reason) ||
        !mshim_functions_read(&parts->functions, image, reason) ||
        !mshim_code_read(&parts->code, image, &parts->slots, reason))
        return false;
    mshim_functions_compare_own(&parts->functions);
    for (size_t i = 0; i < others->count; i++)
        mshim_functions_compare(&parts->functions, others->image[i]);
    relinked->keeps_lookups = keep_lookups;
    relinked->left_bytes = parts->code.left_bytes;
    return mshim_calls_plan(&relinked->calls, &parts->edits, &parts->code, &parts->slots, &parts->functions,
                            reason) &&
           (keep_lookups || mshim_lookups_plan(&relinked->lookups, &parts->edits, &parts->code, &parts->slots,
                                               &parts->functions, reason)) &&
           mshim_edits_sort(&parts->edits, image, reason);
}

static bool make(struct mshim_relinked *relinked, const struct mshim_image *image,
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
                  const struct mshim_others *others, bool keep_lookups, struct mshim_reason *reason) {
    struct parts parts = {.image = {.bytes = bytes, .size = size}};
    *relinked = (struct mshim_relinked){0};
    const bool done = plan(&parts, relinked, others, keep_lookups, reason) &&
                      make(relinked, &parts.image, &parts.edits, reason);
    if (!done) {
        free(relinked->bytes);
        relinked->bytes = NULL;
    }
    mshim_edits_drop(&parts.edits);
    mshim_code_drop(&parts.code);
    mshim_functions_drop(&parts.functions);
    mshim_slots_drop(&parts.slots);
    mshim_image_drop(&parts.image);
    return done;
}
