/* SPDX-License-Identifier: MIT */
#include "command/relink/tls_index.h"
#include "command/relink/bytes.h"
#include "command/relink/sorted.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_BYTES = 8, TLS_INDEX_BYTES = 2 * WORD_BYTES };

void mshim_tls_index_leave(struct mshim_tls_index *index, const char *format, ...) {
    va_list arguments;
    if (*index->left.text)
        return;
    va_start(arguments, format);
    vsnprintf(index->left.text, sizeof index->left.text, format, arguments);
    va_end(arguments);
}

/* The offset is the second word, or the addend of the relocation that fills it. */
static void read_offset(struct mshim_tls_index *index, const struct mshim_elf_image *image,
                        const struct mshim_relocations *relocations, const struct mshim_relocation *module) {
    const struct mshim_relocation *second = mshim_relocations_find(relocations, index->address + WORD_BYTES);
    size_t offset;
    if (module->addend != 0) {
        mshim_tls_index_leave(index, "the relocation at 0x%" PRIx64 " has an addend", index->address);
    } else if (second) {
        if (second->type != R_X86_64_DTPOFF64 || second->symbol != index->symbol)
            mshim_tls_index_leave(index, "the tls_index at 0x%" PRIx64 " belongs to two variables",
                                  index->address);
        index->addend = second->addend;
    } else if (index->symbol != 0) {
        mshim_tls_index_leave(index, "the word at 0x%" PRIx64 " has no relocation",
                              index->address + WORD_BYTES);
    } else if (!mshim_elf_image_offset(image, index->address + WORD_BYTES, WORD_BYTES, &offset)) {
        mshim_tls_index_leave(index, "the word at 0x%" PRIx64 " is not in the file",
                              index->address + WORD_BYTES);
    } else {
        index->addend = (int64_t)mshim_bytes_get(image->bytes + offset, WORD_BYTES);
    }
}

static void read_index(struct mshim_tls_index *index, const struct mshim_elf_image *image,
                       const struct mshim_relocations *relocations, const struct mshim_callees *callees,
                       const struct mshim_relocation *module) {
    Elf64_Sym symbol;
    *index = (struct mshim_tls_index){
        .address = module->address, .entry_offset = module->entry_offset, .symbol = module->symbol};
    if (index->symbol != 0 && !mshim_elf_image_symbol(image, index->symbol, &symbol))
        mshim_tls_index_leave(index, "the relocation at 0x%" PRIx64 " has no symbol", index->address);
    else if (index->symbol != 0 && symbol.st_shndx == SHN_UNDEF)
        mshim_tls_index_leave(index, "%s is another library's", callees->callee[index->symbol].name);
    else if (mshim_relocations_find(relocations, index->address) != module)
        mshim_tls_index_leave(index, "the word at 0x%" PRIx64 " has two relocations", index->address);
    read_offset(index, image, relocations, module);
}

bool mshim_tls_indexes_read(struct mshim_tls_indexes *indexes, const struct mshim_elf_image *image,
                            const struct mshim_relocations *relocations, const struct mshim_callees *callees,
                            struct mshim_reason *reason) {
    size_t max = 0;
    for (size_t i = 0; i < relocations->count; i++)
        max += relocations->relocation[i].type == R_X86_64_DTPMOD64;
    *indexes = (struct mshim_tls_indexes){calloc(max + 1, sizeof *indexes->index), 0};
    if (!indexes->index)
        return mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; i < relocations->count; i++)
        if (relocations->relocation[i].type == R_X86_64_DTPMOD64)
            read_index(&indexes->index[indexes->count++], image, relocations, callees,
                       &relocations->relocation[i]);
    for (size_t i = 1; i < indexes->count; i++)
        if (indexes->index[i].address - indexes->index[i - 1].address < TLS_INDEX_BYTES) {
            mshim_tls_index_leave(&indexes->index[i - 1], "the tls_index at 0x%" PRIx64 " overlaps another",
                                  indexes->index[i].address);
            mshim_tls_index_leave(&indexes->index[i], "the tls_index at 0x%" PRIx64 " overlaps another",
                                  indexes->index[i].address);
        }
    return true;
}

void mshim_tls_indexes_drop(struct mshim_tls_indexes *indexes) {
    free(indexes->index);
    *indexes = (struct mshim_tls_indexes){0};
}

struct mshim_tls_index *mshim_tls_indexes_at(const struct mshim_tls_indexes *indexes, uint64_t address) {
    const size_t behind = address < UINT64_MAX ? mshim_sorted_from(indexes->index, indexes->count,
                                                                   sizeof *indexes->index, address + 1)
                                               : indexes->count;
    struct mshim_tls_index *const index = behind > 0 ? &indexes->index[behind - 1] : NULL;
    return index && address - index->address < TLS_INDEX_BYTES ? index : NULL;
}

static bool leave_one(void *context, uint64_t field, uint64_t target) {
    struct mshim_tls_index *const index = mshim_tls_indexes_at(context, target);
    if (index && (target - index->address) % WORD_BYTES == 0)
        mshim_tls_index_leave(index, "the bytes at 0x%" PRIx64 " may refer to its tls_index", field);
    return true;
}

void mshim_tls_indexes_seek(struct mshim_tls_indexes *indexes, const struct mshim_code *code) {
    if (indexes->count == 0)
        return;
    const uint64_t low = indexes->index[0].address;
    const uint64_t end = indexes->index[indexes->count - 1].address + TLS_INDEX_BYTES;
    mshim_code_each_undecoded(code, low, end - low, leave_one, indexes);
}

/* The edit that sets DF_STATIC_TLS, by which loaders know that the file needs its TLS block beside the thread
 * pointer. `size` is 0 where it is set already. False where the dynamic section has no free entry. */
static bool flag_edit(const struct mshim_elf_image *image, struct mshim_edit *edit) {
    *edit = (struct mshim_edit){.kind = MSHIM_EDIT_DATA};
    for (size_t i = 0; i < image->dynamic_count; i++) {
        const Elf64_Dyn entry = mshim_elf_image_dynamic_at(image, i);
        if (entry.d_tag != DT_FLAGS)
            continue;
        edit->offset = image->dynamic_offset + i * sizeof entry + sizeof entry.d_tag;
        edit->size = entry.d_un.d_val & DF_STATIC_TLS ? 0 : sizeof entry.d_un;
        mshim_bytes_put(edit->now, entry.d_un.d_val | DF_STATIC_TLS, sizeof entry.d_un);
        return true;
    }
    /* A new entry takes the place of the first DT_NULL, and needs another one after it. */
    if (image->dynamic_count + 1 >= image->dynamic_capacity ||
        mshim_elf_image_dynamic_at(image, image->dynamic_count + 1).d_tag != DT_NULL)
        return false;
    edit->offset = image->dynamic_offset + image->dynamic_count * sizeof(Elf64_Dyn);
    edit->size = sizeof(Elf64_Dyn);
    mshim_bytes_put(edit->now, DT_FLAGS, sizeof(Elf64_Sxword));
    mshim_bytes_put(edit->now + sizeof(Elf64_Sxword), DF_STATIC_TLS, sizeof(Elf64_Xword));
    return true;
}

bool mshim_tls_indexes_edit(struct mshim_tls_indexes *indexes, struct mshim_edits *edits,
                            const struct mshim_elf_image *image, struct mshim_reason *reason) {
    struct mshim_edit flag;
    const bool has_flag = flag_edit(image, &flag);
    bool any = false;
    for (size_t i = 0; i < indexes->count; i++) {
        struct mshim_tls_index *index = &indexes->index[i];
        if (!has_flag)
            mshim_tls_index_leave(index, "the dynamic section has no free entry for DT_FLAGS");
        if (index->users == 0 || *index->left.text)
            continue;
        struct mshim_edit edit = {.kind = MSHIM_EDIT_DATA,
                                  .offset = index->entry_offset + offsetof(Elf64_Rela, r_info),
                                  .size = sizeof(Elf64_Xword) + sizeof(Elf64_Sxword)};
        mshim_bytes_put(edit.now, ELF64_R_INFO((uint64_t)index->symbol, R_X86_64_TPOFF64),
                        sizeof(Elf64_Xword));
        mshim_bytes_put(edit.now + sizeof(Elf64_Xword), (uint64_t)index->addend, sizeof(Elf64_Sxword));
        if (!mshim_edits_add(edits, &edit, reason))
            return false;
        index->changes = any = true;
    }
    return !any || flag.size == 0 || mshim_edits_add(edits, &flag, reason);
}
