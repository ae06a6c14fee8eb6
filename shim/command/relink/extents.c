/* SPDX-License-Identifier: MIT */
#include "command/relink/extents.h"
#include "command/relink/sorted.h"

#include <stdlib.h>
#include <string.h>

static int by_begin(const void *a, const void *b) {
    const struct mshim_extent *const one = a, *const other = b;
    return one->begin < other->begin ? -1 : one->begin > other->begin;
}

bool mshim_extents_add(struct mshim_extents *extents, uint64_t begin, uint64_t size) {
    if (extents->count == extents->room) {
        const size_t more = extents->room ? extents->room * 2 : 1024;
        void *grown = realloc(extents->extent, more * sizeof *extents->extent);
        if (!grown)
            return false;
        extents->extent = grown;
        extents->room = more;
    }
    extents->extent[extents->count++] =
        (struct mshim_extent){begin, size < UINT64_MAX - begin ? begin + size : begin};
    return true;
}

/* Of the first section of a type. */
static bool add_symbols(struct mshim_extents *extents, const struct mshim_image *image, uint32_t type) {
    const struct mshim_section *table = NULL;
    for (size_t i = 0; i < image->section_count && !table; i++)
        if (image->sections[i].type == type)
            table = &image->sections[i];
    for (size_t i = 0; table && i < table->size / sizeof(Elf64_Sym); i++) {
        Elf64_Sym symbol;
        memcpy(&symbol, image->bytes + table->offset + i * sizeof symbol, sizeof symbol);
        const unsigned kind = ELF64_ST_TYPE(symbol.st_info);
        if ((kind == STT_FUNC || kind == STT_GNU_IFUNC) && symbol.st_shndx != SHN_UNDEF &&
            !mshim_extents_add(extents, symbol.st_value, symbol.st_size))
            return false;
    }
    return true;
}

static void sort(struct mshim_extents *extents) {
    size_t kept = 0;
    uint64_t end = 0;
    qsort(extents->extent, extents->count, sizeof *extents->extent, by_begin);
    for (size_t i = 0; i < extents->count; i++) {
        end = extents->extent[i].end > end ? extents->extent[i].end : end;
        if (kept == 0 || extents->extent[kept - 1].begin != extents->extent[i].begin)
            kept++;
        extents->extent[kept - 1] = (struct mshim_extent){extents->extent[i].begin, end};
    }
    extents->count = kept;
}

/* Code that was compiled without tables for unwinding may come together with some that has them, such as the
 * libc's. */
static bool cover_most(const struct mshim_extents *extents, const struct mshim_image *image) {
    uint64_t code_bytes = 0, covered_bytes = 0;
    for (size_t i = 0; i < image->section_count; i++)
        if ((image->sections[i].flags & SHF_EXECINSTR) && image->sections[i].type != SHT_NOBITS)
            code_bytes += image->sections[i].size;
    for (size_t i = 0; i < extents->count; i++) {
        const struct mshim_extent *extent = &extents->extent[i];
        const bool is_cut = i + 1 < extents->count && extent[1].begin < extent->end;
        const uint64_t end = is_cut ? extent[1].begin : extent->end;
        covered_bytes += end > extent->begin ? end - extent->begin : 0;
    }
    return covered_bytes >= code_bytes / 2;
}

bool mshim_extents_read(struct mshim_extents *extents, const struct mshim_image *image,
                        struct mshim_reason *reason) {
    *extents = (struct mshim_extents){NULL, 0, 0, false};
    if (!add_symbols(extents, image, SHT_SYMTAB) || !add_symbols(extents, image, SHT_DYNSYM) ||
        !mshim_extents_unwinding(extents, image))
        return mshim_refuse(reason, "not enough memory");
    if (extents->count > 0)
        sort(extents);
    extents->complete = extents->complete && cover_most(extents, image);
    return true;
}

void mshim_extents_drop(struct mshim_extents *extents) {
    free(extents->extent);
    *extents = (struct mshim_extents){NULL, 0, 0, false};
}

size_t mshim_extents_from(const struct mshim_extents *extents, uint64_t address) {
    return mshim_sorted_from(extents->extent, extents->count, sizeof *extents->extent, address);
}
