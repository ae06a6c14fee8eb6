/* SPDX-License-Identifier: MIT */
#include "command/relink/relocations.h"
#include "command/relink/sorted.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int by_address(const void *a, const void *b) {
    const struct mshim_relocation *const one = a, *const other = b;
    if (one->address != other->address)
        return one->address < other->address ? -1 : 1;
    return one->entry_offset < other->entry_offset ? -1 : one->entry_offset > other->entry_offset;
}

/* One of the two tables of relocations; empty if the file does not have it. */
struct table {
    size_t offset, count;
};

static bool find_table(const struct mshim_elf_image *image, int64_t address_tag, int64_t size_tag,
                       struct table *table, struct mshim_reason *reason) {
    uint64_t address, size;
    *table = (struct table){0, 0};
    if (!mshim_elf_image_dynamic(image, address_tag, &address) ||
        !mshim_elf_image_dynamic(image, size_tag, &size) || size == 0)
        return true;
    if (size % sizeof(Elf64_Rela) != 0 || !mshim_elf_image_offset(image, address, size, &table->offset))
        return mshim_refuse(reason,
                            "its relocations (%" PRIu64 " bytes at 0x%" PRIx64 ") are not in the file", size,
                            address);
    table->count = size / sizeof(Elf64_Rela);
    return true;
}

static bool read_table(struct mshim_relocations *relocations, const struct mshim_elf_image *image,
                       const struct table *table, struct mshim_reason *reason) {
    for (size_t i = 0; i < table->count; i++) {
        const size_t offset = table->offset + i * sizeof(Elf64_Rela);
        Elf64_Rela entry;
        memcpy(&entry, image->bytes + offset, sizeof entry);
        if (ELF64_R_TYPE(entry.r_info) == R_X86_64_NONE)
            continue;
        if (mshim_elf_image_executable(image, entry.r_offset))
            return mshim_refuse(reason, "the loader changes its code: a relocation at 0x%" PRIx64,
                                (uint64_t)entry.r_offset);
        relocations->relocation[relocations->count++] =
            (struct mshim_relocation){entry.r_offset, entry.r_addend, (uint32_t)ELF64_R_TYPE(entry.r_info),
                                      (uint32_t)ELF64_R_SYM(entry.r_info), offset};
    }
    return true;
}

bool mshim_relocations_read(struct mshim_relocations *relocations, const struct mshim_elf_image *image,
                            struct mshim_reason *reason) {
    struct table data, calls;
    uint64_t kind, size;
    *relocations = (struct mshim_relocations){NULL, 0};
    if (mshim_elf_image_dynamic(image, DT_PLTREL, &kind) && kind != DT_RELA)
        return mshim_refuse(reason, "its PLT has relocations without addends");
    if (mshim_elf_image_dynamic(image, DT_RELAENT, &size) && size != sizeof(Elf64_Rela))
        return mshim_refuse(reason, "its relocations have %" PRIu64 " bytes each", size);
    if (!find_table(image, DT_RELA, DT_RELASZ, &data, reason) ||
        !find_table(image, DT_JMPREL, DT_PLTRELSZ, &calls, reason))
        return false;
    relocations->relocation = calloc(data.count + calls.count + 1, sizeof *relocations->relocation);
    if (!relocations->relocation)
        return mshim_refuse(reason, "not enough memory");
    if (!read_table(relocations, image, &data, reason) || !read_table(relocations, image, &calls, reason))
        return false;
    qsort(relocations->relocation, relocations->count, sizeof *relocations->relocation, by_address);
    return true;
}

void mshim_relocations_drop(struct mshim_relocations *relocations) {
    free(relocations->relocation);
    relocations->relocation = NULL;
}

const struct mshim_relocation *mshim_relocations_find(const struct mshim_relocations *relocations,
                                                      uint64_t address) {
    const size_t at = mshim_sorted_from(relocations->relocation, relocations->count,
                                        sizeof *relocations->relocation, address);
    const struct mshim_relocation *const found = relocations->relocation + at;
    if (at == relocations->count || found->address != address)
        return NULL;
    /* Where one table contains the other, entries were read twice. */
    for (size_t next = at + 1; next < relocations->count && relocations->relocation[next].address == address;
         next++)
        if (relocations->relocation[next].entry_offset != found->entry_offset)
            return NULL;
    return found;
}
