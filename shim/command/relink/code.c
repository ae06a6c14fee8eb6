/* SPDX-License-Identifier: MIT */
#include "command/relink/code.h"
#include "command/relink/bytes.h"
#include "command/relink/list.h"
#include "command/relink/plt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool mshim_code_tls_index(const struct mshim_relocations *relocations, uint64_t address, uint64_t *index) {
    for (uint64_t back = 0; back <= sizeof(uint64_t); back += sizeof(uint64_t)) {
        const struct mshim_relocation *relocation = mshim_relocations_find(relocations, address - back);
        if (relocation && relocation->type == R_X86_64_DTPMOD64) {
            *index = address - back;
            return true;
        }
    }
    return false;
}

static void mark(unsigned char *bits, uint64_t at) {
    bits[at / 8] |= (unsigned char)(1u << at % 8);
}

static bool marked(const unsigned char *bits, uint64_t at) {
    return bits[at / 8] >> at % 8 & 1;
}

static struct mshim_region *region_of(const struct mshim_code *code, uint64_t address) {
    for (size_t i = 0; i < code->region_count; i++)
        if (address - code->region[i].address < code->region[i].size)
            return &code->region[i];
    return NULL;
}

bool mshim_code_starts_at(const struct mshim_code *code, uint64_t address) {
    const struct mshim_region *region = region_of(code, address);
    return region && marked(region->starts, address - region->address);
}

bool mshim_code_is_decoded(const struct mshim_code *code, uint64_t address) {
    for (size_t i = 0; i < code->left_count; i++)
        if (address - code->left[i].begin < code->left[i].end - code->left[i].begin)
            return false;
    return region_of(code, address) != NULL;
}

static bool each_undecoded_in(const struct mshim_code *code, const Elf64_Phdr *segment, uint64_t low,
                              uint64_t span, bool (*use)(void *context, uint64_t field, uint64_t target),
                              void *context) {
    const unsigned char *const bytes = code->image->bytes + segment->p_offset;
    for (uint64_t at = 0; at + MSHIM_DISPLACEMENT_BYTES <= segment->p_filesz; at++) {
        const uint64_t field = segment->p_vaddr + at;
        const uint64_t target = field + MSHIM_DISPLACEMENT_BYTES + mshim_bytes_displacement(bytes + at);
        if (target - low < span && !mshim_code_is_decoded(code, field) &&
            !mshim_plt_contains(code->image, field) && !use(context, field, target))
            return false;
    }
    return true;
}

bool mshim_code_each_undecoded(const struct mshim_code *code, uint64_t low, uint64_t span,
                               bool (*use)(void *context, uint64_t field, uint64_t target), void *context) {
    for (size_t i = 0; i < code->image->segment_count; i++) {
        const Elf64_Phdr *const segment = &code->image->segments[i];
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X) &&
            !each_undecoded_in(code, segment, low, span, use, context))
            return false;
    }
    return true;
}

static bool is_any_marked(const struct mshim_region *region, const unsigned char *bits, uint64_t from,
                          uint64_t to) {
    for (uint64_t at = from; at < to && at - region->address < region->size; at++)
        if (marked(bits, at - region->address))
            return true;
    return false;
}

bool mshim_code_is_entered(const struct mshim_code *code, uint64_t from, uint64_t to) {
    const struct mshim_region *region = region_of(code, from);
    return region && is_any_marked(region, region->targets, from, to);
}

bool mshim_code_is_pointed_into(const struct mshim_code *code, uint64_t from, uint64_t to) {
    const struct mshim_region *region = region_of(code, from);
    return region && is_any_marked(region, region->pointed, from, to);
}

static bool keep(struct mshim_instructions *list, const struct mshim_instruction *instruction,
                 struct mshim_reason *reason) {
    void *const grown = mshim_list_grow(list->item, list->count, &list->capacity, sizeof *list->item);
    if (!grown)
        return mshim_refuse(reason, "not enough memory");
    list->item = grown;
    list->item[list->count++] = *instruction;
    return true;
}

/* Padding between functions that is not made of instructions: bytes that are all 0 or all int3. */
static bool is_padding(const unsigned char *bytes, size_t size) {
    if (bytes[0] != 0x00 && bytes[0] != 0xcc)
        return false;
    for (size_t i = 1; i < size; i++)
        if (bytes[i] != bytes[0])
            return false;
    return true;
}

/* A GOT slot that may hold the address of its PLT entry until it is bound. */
static bool is_plt_slot(const struct mshim_relocations *relocations, uint64_t address) {
    const struct mshim_relocation *relocation = mshim_relocations_find(relocations, address);
    return relocation && relocation->type == R_X86_64_JUMP_SLOT;
}

/* Is it a slot of another function's address, and not of a place in this one? */
static bool has_symbol(const struct mshim_relocations *relocations, uint64_t address) {
    const struct mshim_relocation *relocation = mshim_relocations_find(relocations, address);
    return relocation && (relocation->type == R_X86_64_JUMP_SLOT || relocation->type == R_X86_64_GLOB_DAT);
}

/* `is_near`: if it is a jump, it stays in the function. */
static bool note(struct mshim_code *code, const struct mshim_relocations *relocations,
                 const struct mshim_instruction *found, bool is_near, struct mshim_reason *reason) {
    uint64_t index;
    struct mshim_region *target;
    if (found->is_indirect ||
        (found->flow == MSHIM_FLOW_JUMP_BY_SLOT && !has_symbol(relocations, found->target)))
        return keep(&code->indirect_jumps, found, reason);
    if (!found->refers)
        return true;
    if ((found->flow == MSHIM_FLOW_CALL || found->flow == MSHIM_FLOW_JUMP) &&
        (target = region_of(code, found->target))) {
        mark(target->targets, found->target - target->address);
        return found->flow == MSHIM_FLOW_CALL || is_near || keep(&code->far_jumps, found, reason);
    }
    if ((target = region_of(code, found->target)))
        mark(target->pointed, found->target - target->address);
    if ((found->flow == MSHIM_FLOW_CALL || found->flow == MSHIM_FLOW_JUMP) &&
        mshim_plt_contains(code->image, found->target))
        return keep(&code->branches, found, reason);
    else if (mshim_code_tls_index(relocations, found->target, &index))
        return keep(&code->references, found, reason);
    else if (mshim_plt_contains(code->image, found->target) || is_plt_slot(relocations, found->target))
        return keep(&code->plt_references, found, reason);
    return true;
}

/* From the beginning of one function to that of the next, in offsets in the region. From `covered` on it is
 * part of no function that the file's tables know. */
struct stretch {
    size_t begin, covered, end;
};

/* Skips what belongs to no function: constants of hand-written assembly, and padding. */
static bool leave(struct mshim_code *code, struct mshim_region *region, size_t from, size_t to,
                  struct mshim_reason *reason) {
    enum { MAX_UNREPORTED = 255 }; /* padding, and the start-up code that every libc brings */
    void *const grown =
        mshim_list_grow(code->left, code->left_count, &code->left_capacity, sizeof *code->left);
    if (!grown)
        return mshim_refuse(reason, "not enough memory");
    code->left = grown;
    code->left[code->left_count++] =
        (struct mshim_function_range){region->address + from, region->address + to};
    code->left_bytes += to - from > MAX_UNREPORTED ? to - from : 0;
    for (size_t at = from; at < to; at++)
        mark(region->starts, at); /* any byte of it may be the target of a branch */
    return true;
}

/* Does mov %reg,(%rsp) precede a ret? So end the thunks that compilers use in place of indirect jumps. */
static bool is_thunk_end(const unsigned char *begin, const unsigned char *at) {
    enum { RET = 0xc3, MOV = 0x89, MODRM_MASK = 0xc7, SIB_FOLLOWS = 0x04, BY_RSP = 0x24 };
    return *at == RET && at - begin >= 3 && at[-3] == MOV && (at[-2] & MODRM_MASK) == SIB_FOLLOWS &&
           at[-1] == BY_RSP;
}

static bool decode_stretch(struct mshim_code *code, struct mshim_region *region,
                           const struct stretch *stretch, const struct mshim_relocations *relocations,
                           struct mshim_reason *reason) {
    const unsigned char *const bytes = code->image->bytes + region->offset;
    struct mshim_instruction found;
    for (size_t at = stretch->begin; at < stretch->end; at += found.length) {
        const uint64_t address = region->address + at;
        if (at >= stretch->covered)
            return leave(code, region, at, stretch->end, reason);
        const bool decoded = mshim_decode(bytes + at, region->size - at, address, &found);
        if (!decoded || found.length > stretch->end - at) {
            if (is_padding(bytes + at, stretch->end - at))
                return true;
            return decoded
                       ? mshim_refuse(reason,
                                      "the instruction at 0x%" PRIx64
                                      " (%s) runs into the function at 0x%" PRIx64,
                                      address, region->name, region->address + stretch->end)
                       : mshim_refuse(reason, "the bytes at 0x%" PRIx64 " (%s) are not a known instruction",
                                      address, region->name);
        }
        mark(region->starts, at);
        found.is_indirect |= is_thunk_end(bytes + stretch->begin, bytes + at);
        const bool is_near = found.target - region->address - stretch->begin < stretch->end - stretch->begin;
        if (!note(code, relocations, &found, is_near, reason))
            return false;
    }
    return true;
}

static bool decode_region(struct mshim_code *code, struct mshim_region *region,
                          const struct mshim_relocations *relocations,
                          const struct mshim_function_ranges *ranges, struct mshim_reason *reason) {
    const uint64_t region_end = region->address + region->size;
    size_t next = mshim_function_ranges_from(ranges, region->address);
    uint64_t begin = region->address, covered = next > 0 ? ranges->range[next - 1].end : 0;
    while (begin < region_end) {
        if (next < ranges->count && ranges->range[next].begin == begin)
            covered = ranges->range[next++].end;
        uint64_t end = region_end;
        if (next < ranges->count && ranges->range[next].begin < end)
            end = ranges->range[next].begin;
        if (!ranges->complete || covered > end)
            covered = end;
        const struct stretch stretch = {begin - region->address,
                                        covered > begin ? covered - region->address : begin - region->address,
                                        end - region->address};
        if (!decode_stretch(code, region, &stretch, relocations, reason))
            return false;
        begin = end;
    }
    return true;
}

/* Every branch must go to an instruction, or past its lock prefix: code that skips the prefix on a single
 * processor does that. */
static bool check_targets(const struct mshim_code *code, const struct mshim_region *region,
                          struct mshim_reason *reason) {
    const unsigned char *const bytes = code->image->bytes + region->offset;
    enum { LOCK = 0xf0 };
    for (size_t at = 0; at < region->size; at++)
        if (marked(region->targets, at) && !marked(region->starts, at) &&
            !(at > 0 && bytes[at - 1] == LOCK && marked(region->starts, at - 1)))
            return mshim_refuse(reason,
                                "a branch goes into the middle of the instruction before 0x%" PRIx64 " (%s)",
                                region->address + at + 1, region->name);
    return true;
}

static int by_address(const void *a, const void *b) {
    const struct mshim_region *const one = a, *const other = b;
    return one->address < other->address ? -1 : one->address > other->address;
}

static bool find_regions(struct mshim_code *code, struct mshim_reason *reason) {
    const struct mshim_elf_image *image = code->image;
    if (image->section_count == 0)
        return mshim_refuse(reason, "it has no section headers to tell its code from its data");
    code->region = calloc(image->section_count, sizeof *code->region);
    if (!code->region)
        return mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; i < image->section_count; i++) {
        const struct mshim_section *section = &image->sections[i];
        if (!(section->flags & SHF_EXECINSTR) || !(section->flags & SHF_ALLOC) ||
            section->type == SHT_NOBITS || section->size == 0 || mshim_plt_is_section(section->name))
            continue;
        struct mshim_region *region = &code->region[code->region_count++];
        *region = (struct mshim_region){.name = section->name,
                                        .address = section->address,
                                        .offset = section->offset,
                                        .size = section->size};
    }
    qsort(code->region, code->region_count, sizeof *code->region, by_address);
    for (size_t i = 1; i < code->region_count; i++)
        if (code->region[i].address - code->region[i - 1].address < code->region[i - 1].size)
            return mshim_refuse(reason, "sections %s and %s overlap", code->region[i - 1].name,
                                code->region[i].name);
    for (size_t i = 0; i < code->region_count; i++) {
        struct mshim_region *region = &code->region[i];
        region->starts = calloc(region->size / 8 + 1, 1);
        region->targets = calloc(region->size / 8 + 1, 1);
        region->pointed = calloc(region->size / 8 + 1, 1);
        if (!region->starts || !region->targets || !region->pointed)
            return mshim_refuse(reason, "not enough memory");
    }
    return true;
}

static void mark_pointer(const struct mshim_code *code, uint64_t target) {
    const struct mshim_region *region = region_of(code, target);
    if (region)
        mark(region->pointed, target - region->address);
}

/* The addends of packed relocations (DT_RELR) are in the data: any word that may be one counts. */
static void mark_packed_pointers(const struct mshim_code *code) {
    enum { RELR = 36, WORD_BYTES = 8 };
    uint64_t table;
    if (!mshim_elf_image_dynamic(code->image, RELR, &table))
        return;
    for (size_t i = 0; i < code->image->section_count; i++) {
        const struct mshim_section *section = &code->image->sections[i];
        if (!(section->flags & SHF_ALLOC) || !(section->flags & SHF_WRITE) || section->type == SHT_NOBITS)
            continue;
        for (uint64_t at = 0; at + WORD_BYTES <= section->size; at += WORD_BYTES)
            mark_pointer(code, mshim_bytes_get(code->image->bytes + section->offset + at, WORD_BYTES));
    }
}

static void mark_pointers(const struct mshim_code *code, const struct mshim_relocations *relocations) {
    for (size_t i = 0; i < relocations->count; i++)
        if (relocations->relocation[i].type == R_X86_64_RELATIVE)
            mark_pointer(code, (uint64_t)relocations->relocation[i].addend);
    mark_packed_pointers(code);
}

bool mshim_code_read(struct mshim_code *code, const struct mshim_elf_image *image,
                     const struct mshim_relocations *relocations, struct mshim_reason *reason) {
    struct mshim_function_ranges ranges;
    *code = (struct mshim_code){.image = image};
    bool fits = mshim_function_ranges_read(&ranges, image, reason) && find_regions(code, reason);
    for (size_t i = 0; fits && i < code->region_count; i++)
        fits = decode_region(code, &code->region[i], relocations, &ranges, reason);
    for (size_t i = 0; fits && i < code->region_count; i++)
        fits = check_targets(code, &code->region[i], reason);
    if (fits)
        mark_pointers(code, relocations);
    mshim_function_ranges_drop(&ranges);
    return fits;
}

void mshim_code_drop(struct mshim_code *code) {
    for (size_t i = 0; i < code->region_count; i++) {
        free(code->region[i].starts);
        free(code->region[i].targets);
        free(code->region[i].pointed);
    }
    free(code->region);
    free(code->branches.item);
    free(code->references.item);
    free(code->plt_references.item);
    free(code->far_jumps.item);
    free(code->indirect_jumps.item);
    free(code->left);
    *code = (struct mshim_code){0};
}
