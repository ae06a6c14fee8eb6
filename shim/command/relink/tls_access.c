/* SPDX-License-Identifier: MIT */
#include "command/relink/tls_access.h"
#include "command/relink/bytes.h"
#include "command/relink/plt.h"
#include "command/relink/tls_index.h"
#include "command/relink/tls_inline.h"
#include "command/relink/tls_sequences.h"
#include "command/relink/tls_stub.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool is_tls_get_addr(const struct mshim_relocations *relocations, const struct mshim_callees *callees,
                            uint64_t address) {
    const struct mshim_relocation *filled = mshim_relocations_find(relocations, address);
    return filled && (filled->type == R_X86_64_JUMP_SLOT || filled->type == R_X86_64_GLOB_DAT) &&
           filled->symbol < callees->count &&
           callees->callee[filled->symbol].binding == MSHIM_BINDING_EXTERNAL &&
           strcmp(callees->callee[filled->symbol].name, "__tls_get_addr") == 0;
}

/* The sequence that begins with `load`; *target is what its call refers to, a PLT entry or a GOT slot. NULL
 * where it is not one, or where a branch goes into its middle. */
static const struct mshim_tls_sequence *sequence_of(const struct mshim_code *code,
                                                    const struct mshim_relocations *relocations,
                                                    const struct mshim_callees *callees,
                                                    const struct mshim_instruction *load, uint64_t *target) {
    for (unsigned i = 0; i < MSHIM_TLS_SEQUENCES; i++) {
        const struct mshim_tls_sequence *sequence = &mshim_tls_sequences[i];
        const unsigned size = mshim_tls_sequence_bytes(sequence);
        struct mshim_instruction call;
        uint64_t slot;
        size_t offset;
        if (load->length != (unsigned)sequence->load_bytes + MSHIM_DISPLACEMENT_BYTES ||
            !mshim_elf_image_offset(code->image, load->address, size, &offset))
            continue;
        const unsigned char *const bytes = code->image->bytes + offset;
        if (memcmp(bytes, sequence->load, sequence->load_bytes) != 0 ||
            memcmp(bytes + load->length, sequence->call, sequence->call_bytes) != 0 ||
            !mshim_decode(bytes + load->length, size - load->length, load->address + load->length, &call) ||
            call.length != size - load->length ||
            mshim_code_is_entered(code, load->address + 1, load->address + size))
            continue;
        *target = slot = call.target;
        if (call.flow == MSHIM_FLOW_CALL && (!mshim_plt_contains(code->image, call.target) ||
                                             !mshim_plt_slot(code->image, call.target, &slot)))
            continue;
        if ((call.flow == MSHIM_FLOW_CALL || call.flow == MSHIM_FLOW_CALL_BY_SLOT) &&
            is_tls_get_addr(relocations, callees, slot))
            return sequence;
    }
    return NULL;
}

/* One access; the sequence is NULL where the form is unknown. */
struct access {
    const struct mshim_instruction *load;
    const struct mshim_tls_sequence *sequence;
    uint64_t target; /* of the call: a PLT entry or a GOT slot */
    struct mshim_tls_index *index;
    bool is_inline; /* tls_inline.h */
};

struct plan {
    const struct mshim_code *code;
    const struct mshim_relocations *relocations;
    struct mshim_tls_indexes indexes;
    struct access *access;
    size_t count;
    struct mshim_tls_inline inlining;
    struct mshim_tls_stub stub;
    bool has_stub, stub_is_in_plt;
};

/* Finds the accesses, and leaves each tls_index that something unknown refers to. */
static bool read_accesses(struct plan *plan, const struct mshim_callees *callees,
                          struct mshim_reason *reason) {
    const struct mshim_instructions *const references = &plan->code->references;
    plan->access = calloc(references->count + 1, sizeof *plan->access);
    if (!plan->access)
        return mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; i < references->count; i++) {
        struct access *const access = &plan->access[plan->count++];
        access->load = &references->item[i];
        access->index = mshim_tls_indexes_at(&plan->indexes, access->load->target);
        access->sequence = sequence_of(plan->code, plan->relocations, callees, access->load, &access->target);
        access->index->users++;
        if (!access->sequence || access->load->target != access->index->address)
            mshim_tls_index_leave(access->index, "the TLS access at 0x%" PRIx64 " has an unknown form",
                                  access->load->address);
    }
    mshim_tls_indexes_seek(&plan->indexes, plan->code);
    return true;
}

static bool is_left(const struct access *access) {
    return *access->index->left.text;
}

static bool is_short(const struct access *access) {
    return access->sequence && access->sequence->now_bytes == 0;
}

static bool needs_stub(const struct access *access) {
    return is_short(access) && !access->is_inline;
}

/* Which of the short ones can have other instructions all the same? */
static bool find_inline(struct plan *plan, struct mshim_reason *reason) {
    struct mshim_edit edit;
    if (!mshim_tls_inline_begin(&plan->inlining, plan->code, plan->relocations, reason))
        return false;
    for (size_t i = 0; i < plan->count; i++) {
        struct access *const access = &plan->access[i];
        access->is_inline = is_short(access) && !is_left(access) &&
                            mshim_tls_inline_edit(&plan->inlining, access->load, &edit);
    }
    return true;
}

/* The PLT entry that the accesses call which are to be changed; 0 where there is none, or more than one. */
static uint64_t plt_entry(const struct plan *plan, size_t *calls) {
    uint64_t entry = 0;
    *calls = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct access *const access = &plan->access[i];
        if (is_left(access) || !mshim_plt_contains(plan->code->image, access->target))
            continue;
        if (entry != 0 && entry != access->target)
            return 0;
        entry = access->target;
        ++*calls;
    }
    return entry;
}

/* Where there is no place for the stub, leaves what needs it. */
static void place_stub(struct plan *plan) {
    size_t calls, needing = 0;
    for (size_t i = 0; i < plan->count; i++)
        needing += needs_stub(&plan->access[i]) && !is_left(&plan->access[i]);
    if (needing == 0)
        return;
    const uint64_t entry = plt_entry(plan, &calls);
    plan->stub_is_in_plt =
        entry != 0 && mshim_tls_stub_use_plt(&plan->stub, plan->code, plan->relocations, entry, calls);
    plan->has_stub = plan->stub_is_in_plt || mshim_tls_stub_use_padding(&plan->stub, plan->code);
    for (size_t i = 0; !plan->has_stub && i < plan->count; i++)
        if (needs_stub(&plan->access[i]))
            mshim_tls_index_leave(
                plan->access[i].index,
                "the TLS access at 0x%" PRIx64
                " (%s) is too short for other instructions, and nowhere is space for a function",
                plan->access[i].load->address, plan->access[i].sequence->name);
}

static bool edit_access(struct mshim_edits *edits, const struct plan *plan, const struct access *access,
                        struct mshim_reason *reason) {
    const struct mshim_tls_sequence *const sequence = access->sequence;
    const unsigned size = mshim_tls_sequence_bytes(sequence);
    const uint64_t end = access->load->address + size;
    struct mshim_edit edit = {.kind = MSHIM_EDIT_TLS_ACCESS,
                              .size = size,
                              .sequence = (unsigned)(sequence - mshim_tls_sequences),
                              .old_target = access->target};
    uint64_t displacement = access->index->address - end;
    memcpy(edit.now, sequence->now, sequence->now_bytes);
    if (needs_stub(access)) { /* only the call changes */
        edit.kind = MSHIM_EDIT_CALL;
        edit.size = MSHIM_DISPLACEMENT_BYTES;
        displacement = plan->stub.address - end;
    }
    unsigned char *const field = edit.now + sequence->now_bytes;
    mshim_bytes_put(field, displacement, MSHIM_DISPLACEMENT_BYTES);
    if (mshim_bytes_displacement(field) != displacement)
        return mshim_refuse(reason, "the TLS access at 0x%" PRIx64 " cannot reach its target",
                            access->load->address);
    return mshim_elf_image_offset(plan->code->image, end - edit.size, edit.size, &edit.offset) &&
           mshim_edits_add(edits, &edit, reason);
}

static bool edit_accesses(struct mshim_tls_accesses *accesses, struct mshim_edits *edits,
                          const struct plan *plan, struct mshim_reason *reason) {
    for (size_t i = 0; i < plan->count; i++) {
        const struct access *const access = &plan->access[i];
        accesses->all++;
        if (!access->index->changes)
            continue;
        accesses->direct++;
        accesses->by_stub += needs_stub(access);
        const bool stays = needs_stub(access) && plan->stub_is_in_plt;
        struct mshim_edit edit;
        if (access->is_inline ? !mshim_tls_inline_edit(&plan->inlining, access->load, &edit) ||
                                    !mshim_edits_add(edits, &edit, reason)
                              : !stays && !edit_access(edits, plan, access, reason))
            return false;
    }
    return accesses->by_stub == 0 || mshim_tls_stub_edit(&plan->stub, edits, plan->code->image, reason);
}

static bool list_left(struct mshim_tls_accesses *accesses, const struct mshim_tls_indexes *indexes,
                      struct mshim_reason *reason) {
    accesses->left = calloc(indexes->count + 1, sizeof *accesses->left);
    if (!accesses->left)
        return mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; i < indexes->count; i++)
        if (indexes->index[i].users > 0 && !indexes->index[i].changes)
            accesses->left[accesses->left_count++] =
                (struct mshim_tls_left){indexes->index[i].users, indexes->index[i].left};
    return true;
}

bool mshim_tls_accesses_plan(struct mshim_tls_accesses *accesses, struct mshim_edits *edits,
                             const struct mshim_code *code, const struct mshim_relocations *relocations,
                             const struct mshim_callees *callees, struct mshim_reason *reason) {
    struct plan plan = {.code = code, .relocations = relocations};
    *accesses = (struct mshim_tls_accesses){0};
    bool fits = mshim_tls_indexes_read(&plan.indexes, code->image, relocations, callees, reason) &&
                read_accesses(&plan, callees, reason) && find_inline(&plan, reason);
    if (fits) {
        place_stub(&plan);
        fits = mshim_tls_indexes_edit(&plan.indexes, edits, code->image, reason) &&
               edit_accesses(accesses, edits, &plan, reason) && list_left(accesses, &plan.indexes, reason);
    }
    free(plan.access);
    mshim_tls_inline_drop(&plan.inlining);
    mshim_tls_indexes_drop(&plan.indexes);
    return fits;
}

void mshim_tls_accesses_drop(struct mshim_tls_accesses *accesses) {
    free(accesses->left);
    *accesses = (struct mshim_tls_accesses){0};
}
