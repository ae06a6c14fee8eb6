/* SPDX-License-Identifier: MIT */
#include "command/relink/tls_inline.h"
#include "command/relink/bytes.h"
#include "command/relink/list.h"
#include "command/relink/sorted.h"

#include <string.h>

enum { ACCESS_BYTES = 12, MAX_MOVED = 4 };

static bool add_frame(void *context, const struct mshim_frame *frame) {
    struct mshim_tls_inline *const list = context;
    void *const grown = mshim_list_grow(list->frame, list->count, &list->capacity, sizeof *list->frame);
    if (!grown)
        return false;
    list->frame = grown;
    list->frame[list->count++] = *frame;
    return true;
}

static int by_begin(const void *a, const void *b) {
    const struct mshim_frame *const one = a, *const other = b;
    return one->begin < other->begin ? -1 : one->begin > other->begin;
}

bool mshim_tls_inline_begin(struct mshim_tls_inline *context, const struct mshim_code *code,
                            const struct mshim_relocations *relocations, struct mshim_reason *reason) {
    struct mshim_eh_frame seen;
    *context = (struct mshim_tls_inline){.code = code, .relocations = relocations};
    if (!mshim_eh_frame_each(code->image, add_frame, context, &seen))
        return mshim_refuse(reason, "not enough memory");
    if (!seen.whole)
        context->count = 0;
    if (context->count > 0)
        qsort(context->frame, context->count, sizeof *context->frame, by_begin);
    return true;
}

void mshim_tls_inline_drop(struct mshim_tls_inline *context) {
    free(context->frame);
    *context = (struct mshim_tls_inline){0};
}

/* The frame that holds the address; NULL if none does, or more than one may. */
static const struct mshim_frame *frame_at(const struct mshim_tls_inline *context, uint64_t address) {
    const size_t next =
        mshim_sorted_from(context->frame, context->count, sizeof *context->frame, address + 1);
    const struct mshim_frame *const frame = next > 0 ? &context->frame[next - 1] : NULL;
    if (!frame || address - frame->begin >= frame->size ||
        (next < context->count && context->frame[next].begin - frame->begin < frame->size) ||
        (next > 1 && frame->begin - frame[-1].begin < frame[-1].size))
        return NULL;
    return frame;
}

/* The index of the first of the instructions, which are by address, at or after an address. */
static size_t first_from(const struct mshim_instructions *list, uint64_t address) {
    return mshim_sorted_from(list->item, list->count, sizeof *list->item, address);
}

static bool has_indirect_jump(const struct mshim_code *code, const struct mshim_frame *frame) {
    const size_t next = first_from(&code->indirect_jumps, frame->begin);
    return next < code->indirect_jumps.count &&
           code->indirect_jumps.item[next].address - frame->begin < frame->size;
}

/* Is every jump into the function a direct one? It may have a cold part elsewhere, which then is entered by a
 * direct jump, if it is not by an indirect one. */
static bool has_only_direct_jumps(const struct mshim_tls_inline *context, const struct mshim_frame *frame) {
    const struct mshim_instructions *const jumps = &context->code->far_jumps;
    if (has_indirect_jump(context->code, frame))
        return false;
    for (size_t i = first_from(jumps, frame->begin);
         i < jumps->count && jumps->item[i].address - frame->begin < frame->size; i++) {
        const uint64_t target = jumps->item[i].target;
        if (target - frame->begin < frame->size)
            continue;
        const struct mshim_frame *const other = frame_at(context, target);
        if (!other || has_indirect_jump(context->code, other))
            return false;
    }
    return true;
}

/* Appends the instruction to the edit, one byte behind its old place. */
static bool move(const struct mshim_tls_inline *context, const unsigned char *bytes,
                 const struct mshim_instruction *found, struct mshim_edit *edit) {
    uint64_t index;
    if (!found->is_movable || edit->size + found->length > MSHIM_EDIT_BYTES)
        return false;
    memcpy(edit->now + edit->size, bytes, found->length);
    if (found->refers) {
        if (found->field_bytes != MSHIM_DISPLACEMENT_BYTES ||
            mshim_code_tls_index(context->relocations, found->target, &index))
            return false;
        const uint64_t displacement = mshim_bytes_displacement(bytes + found->field) - 1;
        mshim_bytes_put(edit->now + edit->size + found->field, displacement, MSHIM_DISPLACEMENT_BYTES);
        if (mshim_bytes_displacement(edit->now + edit->size + found->field) != displacement)
            return false;
    }
    edit->size += found->length;
    return true;
}

/* Appends the instruction with a displacement of one byte, and a nop for the two bytes that are left. */
static bool shorten(const unsigned char *bytes, const struct mshim_instruction *found,
                    struct mshim_edit *edit) {
    static const unsigned char nop[] = {0x66, 0x90};
    enum { MODE_BYTE = 0x40, MODE_MASK = 0xc0 };
    const int64_t displacement = (int64_t)mshim_bytes_displacement(bytes + found->field);
    if (!found->is_movable || !found->is_by_rax || displacement < INT8_MIN || displacement > INT8_MAX ||
        edit->size + found->length > MSHIM_EDIT_BYTES)
        return false;
    unsigned char *const now = edit->now + edit->size;
    const unsigned rest = found->field + MSHIM_DISPLACEMENT_BYTES;
    memcpy(now, bytes, found->field);
    now[found->modrm] = (unsigned char)((now[found->modrm] & ~MODE_MASK) | MODE_BYTE);
    now[found->field] = bytes[found->field];
    memcpy(now + found->field + 1, bytes + rest, found->length - rest);
    memcpy(now + found->length - 3, nop, sizeof nop);
    edit->size += found->length - 1;
    return true;
}

bool mshim_tls_inline_edit(const struct mshim_tls_inline *context, const struct mshim_instruction *load,
                           struct mshim_edit *edit) {
    /* xor %eax,%eax; mov %fs:(%rax),%rax; add slot(%rip),%rax */
    static const unsigned char start[] = {0x31, 0xc0, 0x64, 0x48, 0x8b, 0x00, 0x48, 0x03, 0x05};
    const struct mshim_code *const code = context->code;
    const struct mshim_frame *const frame = frame_at(context, load->address);
    struct mshim_instruction found;
    size_t offset;
    if (!frame || !frame->is_simple ||
        !mshim_elf_image_offset(code->image, frame->begin, frame->size, &offset))
        return false;
    const uint64_t end = frame->begin + frame->size;
    const unsigned char *const bytes = code->image->bytes + offset;
    *edit = (struct mshim_edit){.kind = MSHIM_EDIT_DATA,
                                .offset = offset + (size_t)(load->address - frame->begin)};
    memcpy(edit->now, start, sizeof start);
    edit->size = sizeof start + MSHIM_DISPLACEMENT_BYTES;
    const uint64_t displacement = load->target - (load->address + edit->size);
    mshim_bytes_put(edit->now + sizeof start, displacement, MSHIM_DISPLACEMENT_BYTES);
    if (mshim_bytes_displacement(edit->now + sizeof start) != displacement)
        return false;
    uint64_t at = load->address + ACCESS_BYTES;
    for (unsigned moved = 0; moved < MAX_MOVED && at < end; moved++, at += found.length) {
        const unsigned char *const place = bytes + (at - frame->begin);
        if (!mshim_decode(place, end - at, at, &found))
            return false;
        if (shorten(place, &found, edit))
            return !mshim_code_is_entered(code, load->address + 1, at + found.length) &&
                   !mshim_code_is_pointed_into(code, load->address + 1, at + found.length) &&
                   has_only_direct_jumps(context, frame);
        if (!move(context, place, &found, edit))
            return false;
    }
    return false;
}
