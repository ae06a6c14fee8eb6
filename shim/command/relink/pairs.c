/* SPDX-License-Identifier: MIT */
#include "command/relink/pairs.h"
#include "command/relink/bytes.h"
#include "command/relink/sorted.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT_BYTES = 8, PAIR_BYTES = 2 * SLOT_BYTES };

void mshim_pair_leave(struct mshim_pair *pair, const char *format, ...) {
    va_list arguments;
    if (*pair->left.text)
        return;
    va_start(arguments, format);
    vsnprintf(pair->left.text, sizeof pair->left.text, format, arguments);
    va_end(arguments);
}

/* The offset stands in the second slot, or in the relocation that fills it. */
static void read_offset(struct mshim_pair *pair, const struct mshim_image *image,
                        const struct mshim_slots *slots, const struct mshim_slot *module) {
    const struct mshim_slot *second = mshim_slots_find(slots, pair->address + SLOT_BYTES);
    size_t offset;
    if (module->addend != 0) {
        mshim_pair_leave(pair, "the relocation at 0x%" PRIx64 " has an addend", pair->address);
    } else if (second) {
        if (second->type != R_X86_64_DTPOFF64 || second->symbol != pair->symbol)
            mshim_pair_leave(pair, "the slots at 0x%" PRIx64 " are of two variables", pair->address);
        pair->addend = second->addend;
    } else if (pair->symbol != 0) {
        mshim_pair_leave(pair, "the slot at 0x%" PRIx64 " has no relocation", pair->address + SLOT_BYTES);
    } else if (!mshim_image_offset(image, pair->address + SLOT_BYTES, SLOT_BYTES, &offset)) {
        mshim_pair_leave(pair, "the slot at 0x%" PRIx64 " is not in the file", pair->address + SLOT_BYTES);
    } else {
        pair->addend = (int64_t)mshim_bytes_get(image->bytes + offset, SLOT_BYTES);
    }
}

static void read_pair(struct mshim_pair *pair, const struct mshim_image *image,
                      const struct mshim_slots *slots, const struct mshim_functions *functions,
                      const struct mshim_slot *module) {
    Elf64_Sym symbol;
    *pair = (struct mshim_pair){
        .address = module->address, .entry_offset = module->entry_offset, .symbol = module->symbol};
    if (pair->symbol != 0 && !mshim_image_symbol(image, pair->symbol, &symbol))
        mshim_pair_leave(pair, "the relocation at 0x%" PRIx64 " has no symbol", pair->address);
    else if (pair->symbol != 0 && symbol.st_shndx == SHN_UNDEF)
        mshim_pair_leave(pair, "%s is another library's", functions->function[pair->symbol].name);
    else if (mshim_slots_find(slots, pair->address) != module)
        mshim_pair_leave(pair, "the slot at 0x%" PRIx64 " has two relocations", pair->address);
    read_offset(pair, image, slots, module);
}

bool mshim_pairs_read(struct mshim_pairs *pairs, const struct mshim_image *image,
                      const struct mshim_slots *slots, const struct mshim_functions *functions,
                      struct mshim_reason *reason) {
    size_t most = 0;
    for (size_t i = 0; i < slots->count; i++)
        most += slots->slot[i].type == R_X86_64_DTPMOD64;
    *pairs = (struct mshim_pairs){calloc(most + 1, sizeof *pairs->pair), 0};
    if (!pairs->pair)
        return mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; i < slots->count; i++)
        if (slots->slot[i].type == R_X86_64_DTPMOD64)
            read_pair(&pairs->pair[pairs->count++], image, slots, functions, &slots->slot[i]);
    for (size_t i = 1; i < pairs->count; i++)
        if (pairs->pair[i].address - pairs->pair[i - 1].address < PAIR_BYTES) {
            mshim_pair_leave(&pairs->pair[i - 1], "the slots at 0x%" PRIx64 " overlap",
                             pairs->pair[i].address);
            mshim_pair_leave(&pairs->pair[i], "the slots at 0x%" PRIx64 " overlap", pairs->pair[i].address);
        }
    return true;
}

void mshim_pairs_drop(struct mshim_pairs *pairs) {
    free(pairs->pair);
    *pairs = (struct mshim_pairs){0};
}

struct mshim_pair *mshim_pairs_at(const struct mshim_pairs *pairs, uint64_t address) {
    const size_t behind = address < UINT64_MAX
                              ? mshim_sorted_from(pairs->pair, pairs->count, sizeof *pairs->pair, address + 1)
                              : pairs->count;
    struct mshim_pair *const pair = behind > 0 ? &pairs->pair[behind - 1] : NULL;
    return pair && address - pair->address < PAIR_BYTES ? pair : NULL;
}

static void seek_in(struct mshim_pairs *pairs, const struct mshim_code *code, const Elf64_Phdr *segment) {
    const unsigned char *const bytes = code->image->bytes + segment->p_offset;
    const uint64_t low = pairs->pair[0].address,
                   span = pairs->pair[pairs->count - 1].address + PAIR_BYTES - low;
    for (uint64_t at = 0; at + 4 <= segment->p_filesz; at++) {
        const uint64_t field = segment->p_vaddr + at, target = field + 4 + mshim_bytes_distance(bytes + at);
        if (target - low >= span)
            continue;
        struct mshim_pair *pair = mshim_pairs_at(pairs, target);
        if (pair && (target - pair->address) % SLOT_BYTES == 0 && !mshim_code_is_decoded(code, field))
            mshim_pair_leave(pair, "the bytes at 0x%" PRIx64 " may refer to its slot", field);
    }
}

void mshim_pairs_seek(struct mshim_pairs *pairs, const struct mshim_code *code) {
    for (size_t i = 0; pairs->count > 0 && i < code->image->segment_count; i++)
        if (code->image->segments[i].p_type == PT_LOAD && (code->image->segments[i].p_flags & PF_X))
            seek_in(pairs, code, &code->image->segments[i]);
}

/* The edit that makes a loader give the file's variables their place when the program starts. `size` is 0
 * where nothing is to be changed. False where there is no room. */
static bool flag_edit(const struct mshim_image *image, struct mshim_edit *edit) {
    *edit = (struct mshim_edit){.kind = MSHIM_EDIT_DATA};
    for (size_t i = 0; i < image->dynamic_count; i++) {
        const Elf64_Dyn entry = mshim_image_dynamic_at(image, i);
        if (entry.d_tag != DT_FLAGS)
            continue;
        edit->offset = image->dynamic_offset + i * sizeof entry + sizeof entry.d_tag;
        edit->size = entry.d_un.d_val & DF_STATIC_TLS ? 0 : sizeof entry.d_un;
        mshim_bytes_put(edit->now, entry.d_un.d_val | DF_STATIC_TLS, sizeof entry.d_un);
        return true;
    }
    /* A new entry takes the place of the end, and must leave one behind it. */
    if (image->dynamic_count + 1 >= image->dynamic_room ||
        mshim_image_dynamic_at(image, image->dynamic_count + 1).d_tag != DT_NULL)
        return false;
    edit->offset = image->dynamic_offset + image->dynamic_count * sizeof(Elf64_Dyn);
    edit->size = sizeof(Elf64_Dyn);
    mshim_bytes_put(edit->now, DT_FLAGS, sizeof(Elf64_Sxword));
    mshim_bytes_put(edit->now + sizeof(Elf64_Sxword), DF_STATIC_TLS, sizeof(Elf64_Xword));
    return true;
}

bool mshim_pairs_edit(struct mshim_pairs *pairs, struct mshim_edits *edits, const struct mshim_image *image,
                      struct mshim_reason *reason) {
    struct mshim_edit flag;
    const bool room = flag_edit(image, &flag);
    bool any = false;
    for (size_t i = 0; i < pairs->count; i++) {
        struct mshim_pair *pair = &pairs->pair[i];
        if (!room)
            mshim_pair_leave(pair, "the dynamic section has no room for DT_FLAGS");
        if (pair->users == 0 || *pair->left.text)
            continue;
        struct mshim_edit edit = {.kind = MSHIM_EDIT_DATA,
                                  .offset = pair->entry_offset + offsetof(Elf64_Rela, r_info),
                                  .size = sizeof(Elf64_Xword) + sizeof(Elf64_Sxword)};
        mshim_bytes_put(edit.now, ELF64_R_INFO((uint64_t)pair->symbol, R_X86_64_TPOFF64),
                        sizeof(Elf64_Xword));
        mshim_bytes_put(edit.now + sizeof(Elf64_Xword), (uint64_t)pair->addend, sizeof(Elf64_Sxword));
        if (!mshim_edits_add(edits, &edit, reason))
            return false;
        pair->changes = any = true;
    }
    return !any || flag.size == 0 || mshim_edits_add(edits, &flag, reason);
}
