/* SPDX-License-Identifier: MIT */
#include "command/relink/calls.h"
#include "command/relink/bytes.h"
#include "command/relink/plt.h"
#include "command/relink/tls_stub.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Does the loader put a symbol's address there? */
static bool has_symbol(const struct mshim_relocation *slot, const struct mshim_callees *callees) {
    return slot && (slot->type == R_X86_64_JUMP_SLOT || slot->type == R_X86_64_GLOB_DAT) &&
           slot->addend == 0 && slot->symbol != 0 && slot->symbol < callees->count;
}

static bool encode(const struct mshim_instruction *branch, uint64_t target, struct mshim_edit *edit) {
    const int64_t displacement = (int64_t)(target - (branch->address + branch->length));
    const int64_t max = branch->field_bytes == 4 ? INT32_MAX : INT8_MAX;
    if (displacement > max || displacement < -max - 1)
        return false;
    mshim_bytes_put(edit->now, (uint64_t)displacement, branch->field_bytes);
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

static void name_left(struct mshim_calls *calls, const struct mshim_callees *callees) {
    for (size_t i = 0; i < callees->count; i++) {
        const struct mshim_callee *callee = &callees->callee[i];
        if (callee->calls > 0 && callee->binding != MSHIM_BINDING_OWN)
            add_name(calls->names[callee->binding], sizeof calls->names[0], callee->name);
    }
}

bool mshim_calls_plan(struct mshim_calls *calls, struct mshim_edits *edits, const struct mshim_code *code,
                      const struct mshim_relocations *relocations, struct mshim_callees *callees,
                      struct mshim_reason *reason) {
    const struct mshim_elf_image *image = code->image;
    *calls = (struct mshim_calls){0};
    for (size_t i = 0; i < code->branches.count; i++) {
        const struct mshim_instruction *branch = &code->branches.item[i];
        uint64_t slot;
        if (mshim_tls_stub_is_at(image, branch->target))
            continue; /* a relinked file that has lost its undo data */
        calls->all++;
        if (!mshim_plt_slot(image, branch->target, &slot))
            return mshim_refuse(reason, "the entry of the PLT at 0x%" PRIx64 " has an unknown form",
                                branch->target);
        const struct mshim_relocation *const filled = mshim_relocations_find(relocations, slot);
        if (!has_symbol(filled, callees)) {
            calls->left[MSHIM_BINDING_UNKNOWN]++;
            continue;
        }
        struct mshim_callee *const callee = &callees->callee[filled->symbol];
        callee->calls++;
        if (callee->binding == MSHIM_BINDING_OWN && !mshim_code_starts_at(code, callee->address))
            callee->binding = MSHIM_BINDING_UNKNOWN;
        if (callee->binding != MSHIM_BINDING_OWN) {
            calls->left[callee->binding]++;
            continue;
        }
        struct mshim_edit edit = {.kind = MSHIM_EDIT_CALL, .old_target = branch->target};
        if (!encode(branch, callee->address, &edit)) {
            calls->too_far++;
            continue;
        }
        if (!mshim_elf_image_offset(image, branch->address + branch->field, edit.size, &edit.offset))
            return mshim_refuse(reason, "the call at 0x%" PRIx64 " is not in the file", branch->address);
        if (!mshim_edits_add(edits, &edit, reason))
            return false;
        calls->direct++;
    }
    name_left(calls, callees);
    return true;
}
