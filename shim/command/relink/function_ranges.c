/* SPDX-License-Identifier: MIT */
#include "command/relink/function_ranges.h"
#include "command/relink/eh_frame.h"
#include "command/relink/list.h"
#include "command/relink/sorted.h"

#include <stdlib.h>
#include <string.h>

static int by_begin(const void *a, const void *b) {
    const struct mshim_function_range *const one = a, *const other = b;
    return one->begin < other->begin ? -1 : one->begin > other->begin;
}

static bool add(struct mshim_function_ranges *ranges, uint64_t begin, uint64_t size) {
    void *const grown =
        mshim_list_grow(ranges->range, ranges->count, &ranges->capacity, sizeof *ranges->range);
    if (!grown)
        return false;
    ranges->range = grown;
    ranges->range[ranges->count++] =
        (struct mshim_function_range){begin, size < UINT64_MAX - begin ? begin + size : begin};
    return true;
}

static bool add_symbols(struct mshim_function_ranges *ranges, const struct mshim_elf_image *image,
                        uint32_t type) {
    const struct mshim_section *table = NULL;
    for (size_t i = 0; i < image->section_count && !table; i++)
        if (image->sections[i].type == type)
            table = &image->sections[i];
    for (size_t i = 0; table && i < table->size / sizeof(Elf64_Sym); i++) {
        Elf64_Sym symbol;
        memcpy(&symbol, image->bytes + table->offset + i * sizeof symbol, sizeof symbol);
        const unsigned kind = ELF64_ST_TYPE(symbol.st_info);
        if ((kind == STT_FUNC || kind == STT_GNU_IFUNC) && symbol.st_shndx != SHN_UNDEF &&
            !add(ranges, symbol.st_value, symbol.st_size))
            return false;
    }
    return true;
}

static bool add_frame(void *ranges, const struct mshim_frame *frame) {
    return add(ranges, frame->begin, frame->size);
}

static void sort(struct mshim_function_ranges *ranges) {
    size_t kept = 0;
    uint64_t end = 0;
    qsort(ranges->range, ranges->count, sizeof *ranges->range, by_begin);
    for (size_t i = 0; i < ranges->count; i++) {
        end = ranges->range[i].end > end ? ranges->range[i].end : end;
        if (kept == 0 || ranges->range[kept - 1].begin != ranges->range[i].begin)
            kept++;
        ranges->range[kept - 1] = (struct mshim_function_range){ranges->range[i].begin, end};
    }
    ranges->count = kept;
}

/* A library that was compiled without unwind tables may contain parts of the libc that have some. */
static bool cover_most(const struct mshim_function_ranges *ranges, const struct mshim_elf_image *image) {
    uint64_t code_bytes = 0, covered_bytes = 0;
    for (size_t i = 0; i < image->section_count; i++)
        if ((image->sections[i].flags & SHF_EXECINSTR) && image->sections[i].type != SHT_NOBITS)
            code_bytes += image->sections[i].size;
    for (size_t i = 0; i < ranges->count; i++) {
        const struct mshim_function_range *range = &ranges->range[i];
        const bool is_cut = i + 1 < ranges->count && range[1].begin < range->end;
        const uint64_t end = is_cut ? range[1].begin : range->end;
        covered_bytes += end > range->begin ? end - range->begin : 0;
    }
    return covered_bytes >= code_bytes / 2;
}

bool mshim_function_ranges_read(struct mshim_function_ranges *ranges, const struct mshim_elf_image *image,
                                struct mshim_reason *reason) {
    struct mshim_eh_frame seen;
    *ranges = (struct mshim_function_ranges){NULL, 0, 0, false};
    if (!add_symbols(ranges, image, SHT_SYMTAB) || !add_symbols(ranges, image, SHT_DYNSYM) ||
        !mshim_eh_frame_each(image, add_frame, ranges, &seen))
        return mshim_refuse(reason, "not enough memory");
    if (ranges->count > 0)
        sort(ranges);
    ranges->complete = seen.any && cover_most(ranges, image);
    return true;
}

void mshim_function_ranges_drop(struct mshim_function_ranges *ranges) {
    free(ranges->range);
    *ranges = (struct mshim_function_ranges){NULL, 0, 0, false};
}

size_t mshim_function_ranges_from(const struct mshim_function_ranges *ranges, uint64_t address) {
    return mshim_sorted_from(ranges->range, ranges->count, sizeof *ranges->range, address);
}
