/* SPDX-License-Identifier: MIT */
#include "command/relink/slots.h"
#include "command/relink/sorted.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int by_address(const void *a, const void *b) {
    const struct mshim_slot *const one = a, *const other = b;
    if (one->address != other->address)
        return one->address < other->address ? -1 : 1;
    return one->entry_offset < other->entry_offset ? -1 : one->entry_offset > other->entry_offset;
}

/* One of the two tables, whose address and size two entries of the dynamic section tell; it may be missing.
 */
struct table {
    size_t offset, count;
};

static bool find_table(const struct mshim_image *image, int64_t address_tag, int64_t size_tag,
                       struct table *table, struct mshim_reason *reason) {
    uint64_t address, size;
    *table = (struct table){0, 0};
    if (!mshim_image_dynamic(image, address_tag, &address) || !mshim_image_dynamic(image, size_tag, &size) ||
        size == 0)
        return true;
    if (size % sizeof(Elf64_Rela) != 0 || !mshim_image_offset(image, address, size, &table->offset))
        return mshim_refuse(reason,
                            "its relocations (%" PRIu64 " bytes at 0x%" PRIx64 ") are not in the file", size,
                            address);
    table->count = size / sizeof(Elf64_Rela);
    return true;
}

static bool read_table(struct mshim_slots *slots, const struct mshim_image *image, const struct table *table,
                       struct mshim_reason *reason) {
    for (size_t i = 0; i < table->count; i++) {
        const size_t offset = table->offset + i * sizeof(Elf64_Rela);
        Elf64_Rela entry;
        memcpy(&entry, image->bytes + offset, sizeof entry);
        if (ELF64_R_TYPE(entry.r_info) == R_X86_64_NONE)
            continue;
        if (mshim_image_executable(image, entry.r_offset))
            return mshim_refuse(reason, "the loader changes its code: a relocation at 0x%" PRIx64,
                                (uint64_t)entry.r_offset);
        slots->slot[slots->count++] =
            (struct mshim_slot){entry.r_offset, entry.r_addend, (uint32_t)ELF64_R_TYPE(entry.r_info),
                                (uint32_t)ELF64_R_SYM(entry.r_info), offset};
    }
    return true;
}

bool mshim_slots_read(struct mshim_slots *slots, const struct mshim_image *image,
                      struct mshim_reason *reason) {
    struct table data, calls;
    uint64_t kind, size;
    *slots = (struct mshim_slots){NULL, 0};
    if (mshim_image_dynamic(image, DT_PLTREL, &kind) && kind != DT_RELA)
        return mshim_refuse(reason, "its PLT has relocations of a kind that x86-64 does not have");
    if (mshim_image_dynamic(image, DT_RELAENT, &size) && size != sizeof(Elf64_Rela))
        return mshim_refuse(reason, "its relocations are of %" PRIu64 " bytes", size);
    if (!find_table(image, DT_RELA, DT_RELASZ, &data, reason) ||
        !find_table(image, DT_JMPREL, DT_PLTRELSZ, &calls, reason))
        return false;
    slots->slot = calloc(data.count + calls.count + 1, sizeof *slots->slot);
    if (!slots->slot)
        return mshim_refuse(reason, "not enough memory");
    if (!read_table(slots, image, &data, reason) || !read_table(slots, image, &calls, reason))
        return false;
    qsort(slots->slot, slots->count, sizeof *slots->slot, by_address);
    return true;
}

void mshim_slots_drop(struct mshim_slots *slots) {
    free(slots->slot);
    slots->slot = NULL;
}

const struct mshim_slot *mshim_slots_find(const struct mshim_slots *slots, uint64_t address) {
    const size_t at = mshim_sorted_from(slots->slot, slots->count, sizeof *slots->slot, address);
    const struct mshim_slot *const found = slots->slot + at;
    if (at == slots->count || found->address != address)
        return NULL;
    /* One table may be a part of the other. */
    for (size_t next = at + 1; next < slots->count && slots->slot[next].address == address; next++)
        if (slots->slot[next].entry_offset != found->entry_offset)
            return NULL;
    return found;
}
