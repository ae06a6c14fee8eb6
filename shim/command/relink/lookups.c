/* SPDX-License-Identifier: MIT */
#include "command/relink/lookups.h"
#include "command/relink/bytes.h"
#include "command/relink/calls.h"
#include "command/relink/forms.h"
#include "command/relink/pairs.h"

#include <inttypes.h>
#include <string.h>

static bool is_tls_get_addr(const struct mshim_slots *slots, const struct mshim_functions *functions,
                            uint64_t address) {
    const struct mshim_slot *slot = mshim_slots_find(slots, address);
    return slot && (slot->type == R_X86_64_JUMP_SLOT || slot->type == R_X86_64_GLOB_DAT) &&
           slot->symbol < functions->count && functions->function[slot->symbol].standing == MSHIM_FOREIGN &&
           strcmp(functions->function[slot->symbol].name, "__tls_get_addr") == 0;
}

/* The form of the look-up whose first instruction is `load`; *callee is where its call goes, by the
 * instruction. NULL where it is none, or one that is entered in its middle. */
static const struct mshim_form *form_of(const struct mshim_code *code, const struct mshim_slots *slots,
                                        const struct mshim_functions *functions,
                                        const struct mshim_instruction *load, uint64_t *callee) {
    for (unsigned i = 0; i < MSHIM_FORMS; i++) {
        const struct mshim_form *form = &mshim_forms[i];
        const unsigned size = mshim_form_bytes(form);
        struct mshim_instruction call;
        uint64_t slot;
        size_t offset;
        if (load->length != (unsigned)form->load_bytes + MSHIM_DISTANCE_BYTES ||
            !mshim_image_offset(code->image, load->address, size, &offset))
            continue;
        const unsigned char *const bytes = code->image->bytes + offset;
        if (memcmp(bytes, form->load, form->load_bytes) != 0 ||
            memcmp(bytes + load->length, form->call, form->call_bytes) != 0 ||
            !mshim_decode(bytes + load->length, size - load->length, load->address + load->length, &call) ||
            call.length != size - load->length ||
            mshim_code_is_entered(code, load->address + 1, load->address + size))
            continue;
        *callee = slot = call.target;
        if (call.flow == MSHIM_CALL && (!mshim_code_in_plt(code->image, call.target) ||
                                        !mshim_calls_entry(code->image, call.target, &slot)))
            continue;
        if ((call.flow == MSHIM_CALL || call.flow == MSHIM_CALL_BY_SLOT) &&
            is_tls_get_addr(slots, functions, slot))
            return form;
    }
    return NULL;
}

static bool edit_lookup(struct mshim_edits *edits, const struct mshim_code *code,
                        const struct mshim_instruction *load, const struct mshim_form *form, uint64_t pair,
                        uint64_t callee, struct mshim_reason *reason) {
    struct mshim_edit edit = {
        .kind = MSHIM_EDIT_LOOKUP, .size = mshim_form_bytes(form), .old_target = callee};
    edit.form = (unsigned)(form - mshim_forms);
    memcpy(edit.now, form->now, form->now_bytes);
    const uint64_t distance = pair - (load->address + edit.size);
    mshim_bytes_put(edit.now + form->now_bytes, distance, MSHIM_DISTANCE_BYTES);
    if (mshim_bytes_distance(edit.now + form->now_bytes) != distance)
        return mshim_refuse(reason, "the look-up at 0x%" PRIx64 " cannot reach its slot", load->address);
    return mshim_image_offset(code->image, load->address, edit.size, &edit.offset) &&
           mshim_edits_add(edits, &edit, reason);
}

/* What is to be known of every reference before a pair is changed. */
static void judge(struct mshim_pairs *pairs, const struct mshim_code *code, const struct mshim_slots *slots,
                  const struct mshim_functions *functions) {
    for (size_t i = 0; i < code->reference_count; i++) {
        const struct mshim_instruction *load = &code->reference[i];
        struct mshim_pair *pair = mshim_pairs_at(pairs, load->target);
        uint64_t callee;
        const struct mshim_form *form = form_of(code, slots, functions, load, &callee);
        pair->users++;
        if (!form || load->target != pair->address)
            mshim_pair_leave(pair, "the look-up at 0x%" PRIx64 " is of no form that is known", load->address);
        else if (form->now_bytes == 0)
            mshim_pair_leave(pair, "the look-up at 0x%" PRIx64 " (%s) has no room for other instructions",
                             load->address, form->name);
    }
}

bool mshim_lookups_plan(struct mshim_lookups *lookups, struct mshim_edits *edits,
                        const struct mshim_code *code, const struct mshim_slots *slots,
                        const struct mshim_functions *functions, struct mshim_reason *reason) {
    struct mshim_pairs pairs;
    uint64_t callee;
    *lookups = (struct mshim_lookups){0};
    bool fits = mshim_pairs_read(&pairs, code->image, slots, functions, reason);
    if (fits) {
        judge(&pairs, code, slots, functions);
        mshim_pairs_seek(&pairs, code);
        fits = mshim_pairs_edit(&pairs, edits, code->image, reason);
    }
    for (size_t i = 0; fits && i < code->reference_count; i++) {
        const struct mshim_instruction *load = &code->reference[i];
        const struct mshim_pair *pair = mshim_pairs_at(&pairs, load->target);
        lookups->all++;
        if (pair->changes) {
            const struct mshim_form *form = form_of(code, slots, functions, load, &callee);
            fits = edit_lookup(edits, code, load, form, pair->address, callee, reason);
            lookups->direct++;
        } else if (!*lookups->left.text) {
            lookups->left = pair->left;
        }
    }
    mshim_pairs_drop(&pairs);
    return fits;
}
