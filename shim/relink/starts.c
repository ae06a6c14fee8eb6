/* SPDX-License-Identifier: MIT */
#include "relink/starts.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b) {
    const uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
    return one < other ? -1 : one > other;
}

/* The first section of a type. */
static struct mshim_section table_of(const struct mshim_image *image, uint32_t type) {
    for (size_t i = 0; i < image->section_count; i++)
        if (image->sections[i].type == type)
            return image->sections[i];
    return (struct mshim_section){0};
}

static void take(struct mshim_starts *starts, const struct mshim_image *image,
                 const struct mshim_section *table) {
    for (size_t i = 0; i < table->size / sizeof(Elf64_Sym); i++) {
        Elf64_Sym symbol;
        memcpy(&symbol, image->bytes + table->offset + i * sizeof symbol, sizeof symbol);
        const unsigned type = ELF64_ST_TYPE(symbol.st_info);
        if ((type == STT_FUNC || type == STT_GNU_IFUNC) && symbol.st_shndx != SHN_UNDEF)
            starts->address[starts->count++] = symbol.st_value;
    }
}

bool mshim_starts_read(struct mshim_starts *starts, const struct mshim_image *image) {
    const struct mshim_section full = table_of(image, SHT_SYMTAB), dynamic = table_of(image, SHT_DYNSYM);
    const size_t most = (full.size + dynamic.size) / sizeof(Elf64_Sym);
    *starts = (struct mshim_starts){malloc((most + 1) * sizeof *starts->address), 0};
    if (!starts->address)
        return false;
    take(starts, image, &full);
    take(starts, image, &dynamic);
    qsort(starts->address, starts->count, sizeof *starts->address, by_value);
    return true;
}

void mshim_starts_drop(struct mshim_starts *starts) {
    free(starts->address);
    starts->address = NULL;
}

size_t mshim_starts_from(const struct mshim_starts *starts, uint64_t address) {
    size_t low = 0, high = starts->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (starts->address[middle] < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
