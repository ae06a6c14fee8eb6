/* SPDX-License-Identifier: MIT */
#include "command/relink/calls.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What linkers put before the jump: endbr64 (GNU ld and lld with IBT), and mov $index,%r11d (mold). */
static bool is_preamble(const unsigned char *bytes, unsigned length) {
    static const unsigned char endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa}, move_to_r11d[] = {0x41, 0xbb};
    return (length == sizeof endbr64 && memcmp(bytes, endbr64, sizeof endbr64) == 0) ||
           (length == sizeof move_to_r11d + 4 && memcmp(bytes, move_to_r11d, sizeof move_to_r11d) == 0);
}

bool mshim_calls_entry(const struct mshim_image *image, uint64_t address, uint64_t *slot) {
    enum { MOST_PREAMBLES = 2, ENTRY_BYTES = 16 };
    size_t offset, size = ENTRY_BYTES;
    if (!mshim_image_offset(image, address, size, &offset)) {
        size = ENTRY_BYTES / 2; /* the last of a section of short ones */
        if (!mshim_image_offset(image, address, size, &offset))
            return false;
    }
    const unsigned char *const bytes = image->bytes + offset;
    struct mshim_instruction found;
    size_t at = 0;
    for (unsigned i = 0; i <= MOST_PREAMBLES; i++, at += found.length) {
        if (!mshim_decode(bytes + at, size - at, address + at, &found))
            return false;
        if (found.flow == MSHIM_JUMP_BY_SLOT) {
            *slot = found.target;
            return true;
        }
        if (!is_preamble(bytes + at, found.length))
            return false;
    }
    return false;
}

/* Does the loader look a symbol up and put its address there? */
static bool has_symbol(const struct mshim_slot *slot, const struct mshim_functions *functions) {
    return slot && (slot->type == R_X86_64_JUMP_SLOT || slot->type == R_X86_64_GLOB_DAT) &&
           slot->addend == 0 && slot->symbol != 0 && slot->symbol < functions->count;
}

static bool encode(const struct mshim_instruction *branch, uint64_t target, struct mshim_edit *edit) {
    const int64_t distance = (int64_t)(target - (branch->address + branch->length));
    const int64_t most = branch->field_bytes == 4 ? INT32_MAX : INT8_MAX;
    if (distance > most || distance < -most - 1)
        return false;
    const uint64_t bits = (uint64_t)distance;
    for (unsigned i = 0; i < branch->field_bytes; i++)
        edit->now[i] = (unsigned char)(bits >> 8 * i);
    edit->size = branch->field_bytes;
    return true;
}

static void add_name(char *names, size_t size, const char *name) {
    const size_t used = strlen(names);
    if (used + strlen(name) + sizeof ", ..." < size)
        snprintf(names + used, size - used, "%s%s", used ? ", " : "", name);
    else if (used && names[used - 1] != '.')
        snprintf(names + used, size - used, ", ...");
}

static void name_left(struct mshim_calls *calls, const struct mshim_functions *functions) {
    for (size_t i = 0; i < functions->count; i++) {
        const struct mshim_function *function = &functions->function[i];
        if (function->calls > 0 && function->standing != MSHIM_OWN)
            add_name(calls->names[function->standing], sizeof calls->names[0], function->name);
    }
}

bool mshim_calls_plan(struct mshim_calls *calls, struct mshim_edits *edits, const struct mshim_code *code,
                      const struct mshim_slots *slots, struct mshim_functions *functions,
                      struct mshim_reason *reason) {
    const struct mshim_image *image = code->image;
    *calls = (struct mshim_calls){0};
    for (size_t i = 0; i < code->branch_count; i++) {
        const struct mshim_instruction *branch = &code->branch[i];
        uint64_t slot;
        calls->all++;
        if (!mshim_calls_entry(image, branch->target, &slot))
            return mshim_refuse(reason, "the entry of the PLT at 0x%" PRIx64 " is of no form that is known",
                                branch->target);
        const struct mshim_slot *const filled = mshim_slots_find(slots, slot);
        if (!has_symbol(filled, functions)) {
            calls->left[MSHIM_UNKNOWN]++;
            continue;
        }
        struct mshim_function *const function = &functions->function[filled->symbol];
        function->calls++;
        if (function->standing == MSHIM_OWN && !mshim_code_starts_at(code, function->address))
            function->standing = MSHIM_UNKNOWN;
        if (function->standing != MSHIM_OWN) {
            calls->left[function->standing]++;
            continue;
        }
        struct mshim_edit edit = {.kind = MSHIM_EDIT_CALL, .old_target = branch->target};
        if (!encode(branch, function->address, &edit)) {
            calls->too_far++;
            continue;
        }
        if (!mshim_image_offset(image, branch->address + branch->field, edit.size, &edit.offset))
            return mshim_refuse(reason, "the call at 0x%" PRIx64 " is not in the file", branch->address);
        if (!mshim_edits_add(edits, &edit, reason))
            return false;
        calls->direct++;
    }
    name_left(calls, functions);
    return true;
}
