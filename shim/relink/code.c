/* SPDX-License-Identifier: MIT */
#include "relink/code.h"
#include "relink/starts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const plt_sections[] = {".plt", ".plt.got", ".plt.sec", ".plt.bnd"};

static bool is_plt(const char *name) {
    for (size_t i = 0; i < sizeof plt_sections / sizeof *plt_sections; i++)
        if (strcmp(name, plt_sections[i]) == 0)
            return true;
    return false;
}

bool mshim_code_in_plt(const struct mshim_image *image, uint64_t address) {
    for (size_t i = 0; i < image->section_count; i++) {
        const struct mshim_section *section = &image->sections[i];
        if (address - section->address < section->size && (section->flags & SHF_ALLOC) &&
            is_plt(section->name))
            return true;
    }
    return false;
}

bool mshim_code_pair(const struct mshim_slots *slots, uint64_t address, uint64_t *pair) {
    for (uint64_t back = 0; back <= sizeof(uint64_t); back += sizeof(uint64_t)) {
        const struct mshim_slot *slot = mshim_slots_find(slots, address - back);
        if (slot && slot->type == R_X86_64_DTPMOD64) {
            *pair = address - back;
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

bool mshim_code_is_entered(const struct mshim_code *code, uint64_t from, uint64_t to) {
    const struct mshim_region *region = region_of(code, from);
    for (uint64_t at = from; region && at < to && at - region->address < region->size; at++)
        if (marked(region->targets, at - region->address))
            return true;
    return false;
}

static bool keep(struct mshim_instruction **list, size_t *count, size_t *room,
                 const struct mshim_instruction *instruction, struct mshim_reason *reason) {
    if (*count == *room) {
        const size_t more = *room ? *room * 2 : 1024;
        void *grown = realloc(*list, more * sizeof **list);
        if (!grown)
            return mshim_refuse(reason, "not enough memory");
        *list = grown;
        *room = more;
    }
    (*list)[(*count)++] = *instruction;
    return true;
}

/* What lies between functions where no instruction does: bytes that are all 0 or all int3. */
static bool is_padding(const unsigned char *bytes, size_t size) {
    if (bytes[0] != 0x00 && bytes[0] != 0xcc)
        return false;
    for (size_t i = 1; i < size; i++)
        if (bytes[i] != bytes[0])
            return false;
    return true;
}

static bool note(struct mshim_code *code, const struct mshim_slots *slots,
                 const struct mshim_instruction *found, struct mshim_reason *reason) {
    uint64_t pair;
    struct mshim_region *target;
    if (!found->refers)
        return true;
    if ((found->flow == MSHIM_CALL || found->flow == MSHIM_JUMP) && (target = region_of(code, found->target)))
        mark(target->targets, found->target - target->address);
    else if ((found->flow == MSHIM_CALL || found->flow == MSHIM_JUMP) &&
             mshim_code_in_plt(code->image, found->target))
        return keep(&code->branch, &code->branch_count, &code->branch_room, found, reason);
    else if (mshim_code_pair(slots, found->target, &pair))
        return keep(&code->reference, &code->reference_count, &code->reference_room, found, reason);
    return true;
}

/* Decodes a section. `starts` are the addresses of functions. */
static bool sweep(struct mshim_code *code, struct mshim_region *region, const struct mshim_slots *slots,
                  const struct mshim_starts *starts, struct mshim_reason *reason) {
    const unsigned char *const bytes = code->image->bytes + region->offset;
    size_t next = mshim_starts_from(starts, region->address);
    for (size_t at = 0; at < region->size;) {
        const uint64_t address = region->address + at;
        while (next < starts->count && starts->address[next] <= address)
            next++;
        size_t limit = region->size;
        if (next < starts->count && starts->address[next] - region->address < limit)
            limit = starts->address[next] - region->address;
        struct mshim_instruction found;
        const bool decoded = mshim_decode(bytes + at, region->size - at, address, &found);
        if (!decoded || found.length > limit - at) {
            if (is_padding(bytes + at, limit - at)) {
                at = limit;
                continue;
            }
            return decoded ? mshim_refuse(reason,
                                          "the instruction at 0x%" PRIx64
                                          " (%s) runs into the function at 0x%" PRIx64,
                                          address, region->name, region->address + limit)
                           : mshim_refuse(reason,
                                          "the bytes at 0x%" PRIx64 " (%s) are no instruction that is known",
                                          address, region->name);
        }
        mark(region->starts, at);
        if (!note(code, slots, &found, reason))
            return false;
        at += found.length;
    }
    return true;
}

/* Every branch must go to an instruction; code that leaves a lock prefix out on one processor jumps behind
 * that. */
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
    const struct mshim_image *image = code->image;
    if (image->section_count == 0)
        return mshim_refuse(reason,
                            "it has no section headers, so that its code cannot be told from its data");
    code->region = calloc(image->section_count, sizeof *code->region);
    if (!code->region)
        return mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; i < image->section_count; i++) {
        const struct mshim_section *section = &image->sections[i];
        if (!(section->flags & SHF_EXECINSTR) || !(section->flags & SHF_ALLOC) ||
            section->type == SHT_NOBITS || section->size == 0 || is_plt(section->name))
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
        if (!region->starts || !region->targets)
            return mshim_refuse(reason, "not enough memory");
    }
    return true;
}

bool mshim_code_read(struct mshim_code *code, const struct mshim_image *image,
                     const struct mshim_slots *slots, struct mshim_reason *reason) {
    struct mshim_starts starts;
    *code = (struct mshim_code){.image = image};
    bool fits = find_regions(code, reason);
    if (!mshim_starts_read(&starts, image))
        fits = mshim_refuse(reason, "not enough memory");
    for (size_t i = 0; fits && i < code->region_count; i++)
        fits = sweep(code, &code->region[i], slots, &starts, reason);
    for (size_t i = 0; fits && i < code->region_count; i++)
        fits = check_targets(code, &code->region[i], reason);
    mshim_starts_drop(&starts);
    return fits;
}

void mshim_code_drop(struct mshim_code *code) {
    for (size_t i = 0; i < code->region_count; i++) {
        free(code->region[i].starts);
        free(code->region[i].targets);
    }
    free(code->region);
    free(code->branch);
    free(code->reference);
    *code = (struct mshim_code){0};
}
