/* SPDX-License-Identifier: MIT */
#include "command/relink/tls_access.h"
#include "command/relink/bytes.h"
#include "command/relink/plt.h"
#include "command/relink/tls_index.h"
#include "command/relink/tls_sequences.h"

#include <inttypes.h>
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

static bool edit_access(struct mshim_edits *edits, const struct mshim_code *code,
                        const struct mshim_instruction *load, const struct mshim_tls_sequence *sequence,
                        uint64_t index, uint64_t target, struct mshim_reason *reason) {
    struct mshim_edit edit = {
        .kind = MSHIM_EDIT_TLS_ACCESS, .size = mshim_tls_sequence_bytes(sequence), .old_target = target};
    edit.sequence = (unsigned)(sequence - mshim_tls_sequences);
    memcpy(edit.now, sequence->now, sequence->now_bytes);
    const uint64_t displacement = index - (load->address + edit.size);
    mshim_bytes_put(edit.now + sequence->now_bytes, displacement, MSHIM_DISPLACEMENT_BYTES);
    if (mshim_bytes_displacement(edit.now + sequence->now_bytes) != displacement)
        return mshim_refuse(reason, "the TLS access at 0x%" PRIx64 " cannot reach its GOT slot",
                            load->address);
    return mshim_elf_image_offset(code->image, load->address, edit.size, &edit.offset) &&
           mshim_edits_add(edits, &edit, reason);
}

/* Counts the users of each tls_index, and leaves those that an unknown one refers to. */
static void judge(struct mshim_tls_indexes *indexes, const struct mshim_code *code,
                  const struct mshim_relocations *relocations, const struct mshim_callees *callees) {
    for (size_t i = 0; i < code->references.count; i++) {
        const struct mshim_instruction *load = &code->references.item[i];
        struct mshim_tls_index *index = mshim_tls_indexes_at(indexes, load->target);
        uint64_t target;
        const struct mshim_tls_sequence *sequence = sequence_of(code, relocations, callees, load, &target);
        index->users++;
        if (!sequence || load->target != index->address)
            mshim_tls_index_leave(index, "the TLS access at 0x%" PRIx64 " has an unknown form",
                                  load->address);
        else if (sequence->now_bytes == 0)
            mshim_tls_index_leave(index,
                                  "the TLS access at 0x%" PRIx64 " (%s) is too short for other instructions",
                                  load->address, sequence->name);
    }
}

bool mshim_tls_accesses_plan(struct mshim_tls_accesses *accesses, struct mshim_edits *edits,
                             const struct mshim_code *code, const struct mshim_relocations *relocations,
                             const struct mshim_callees *callees, struct mshim_reason *reason) {
    struct mshim_tls_indexes indexes;
    uint64_t target;
    *accesses = (struct mshim_tls_accesses){0};
    bool fits = mshim_tls_indexes_read(&indexes, code->image, relocations, callees, reason);
    if (fits) {
        judge(&indexes, code, relocations, callees);
        mshim_tls_indexes_seek(&indexes, code);
        fits = mshim_tls_indexes_edit(&indexes, edits, code->image, reason);
    }
    for (size_t i = 0; fits && i < code->references.count; i++) {
        const struct mshim_instruction *load = &code->references.item[i];
        const struct mshim_tls_index *index = mshim_tls_indexes_at(&indexes, load->target);
        accesses->all++;
        if (index->changes) {
            const struct mshim_tls_sequence *sequence =
                sequence_of(code, relocations, callees, load, &target);
            fits = edit_access(edits, code, load, sequence, index->address, target, reason);
            accesses->direct++;
        } else if (!*accesses->left.text) {
            accesses->left = index->left;
        }
    }
    mshim_tls_indexes_drop(&indexes);
    return fits;
}
