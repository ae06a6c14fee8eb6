/* SPDX-License-Identifier: MIT */
#include "command/relink/plt.h"
#include "command/relink/decode.h"

#include <string.h>

bool mshim_plt_is_section(const char *name) {
    static const char *const names[] = {".plt", ".plt.got", ".plt.sec", ".plt.bnd"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

bool mshim_plt_contains(const struct mshim_elf_image *image, uint64_t address) {
    for (size_t i = 0; i < image->section_count; i++) {
        const struct mshim_section *section = &image->sections[i];
        if (address - section->address < section->size && (section->flags & SHF_ALLOC) &&
            mshim_plt_is_section(section->name))
            return true;
    }
    return false;
}

/* What may precede the jump: endbr64 (GNU ld and lld with IBT), and mov $index,%r11d (mold). */
static bool is_preamble(const unsigned char *bytes, unsigned length) {
    static const unsigned char endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa}, move_to_r11d[] = {0x41, 0xbb};
    return (length == sizeof endbr64 && memcmp(bytes, endbr64, sizeof endbr64) == 0) ||
           (length == sizeof move_to_r11d + 4 && memcmp(bytes, move_to_r11d, sizeof move_to_r11d) == 0);
}

enum { ENTRY_BYTES = 16 };

/* The bytes of an entry. *size: ENTRY_BYTES, or half of that for the last in a section of short entries. */
static const unsigned char *entry_at(const struct mshim_elf_image *image, uint64_t address, size_t *size) {
    size_t offset;
    for (*size = ENTRY_BYTES; *size >= ENTRY_BYTES / 2; *size /= 2)
        if (mshim_elf_image_offset(image, address, *size, &offset))
            return image->bytes + offset;
    return NULL;
}

/* Decodes an entry, and returns where its jump ends; 0 if the form is unknown. */
static size_t read_jump(const unsigned char *bytes, size_t size, uint64_t address, uint64_t *slot) {
    enum { MAX_PREAMBLES = 2 };
    struct mshim_instruction found;
    size_t at = 0;
    for (unsigned i = 0; i <= MAX_PREAMBLES; i++, at += found.length) {
        if (!mshim_decode(bytes + at, size - at, address + at, &found))
            return 0;
        if (found.flow == MSHIM_FLOW_JUMP_BY_SLOT) {
            *slot = found.target;
            return at + found.length;
        }
        if (!is_preamble(bytes + at, found.length))
            return 0;
    }
    return 0;
}

bool mshim_plt_slot(const struct mshim_elf_image *image, uint64_t address, uint64_t *slot) {
    size_t size;
    const unsigned char *const bytes = entry_at(image, address, &size);
    return bytes && read_jump(bytes, size, address, slot) > 0;
}

size_t mshim_plt_capacity(const struct mshim_elf_image *image, uint64_t address, size_t min_bytes) {
    enum { PUSH = 0x68 };
    struct mshim_instruction found;
    uint64_t slot;
    size_t size;
    const unsigned char *const entry = entry_at(image, address, &size);
    size_t at = entry ? read_jump(entry, size, address, &slot) : 0;
    for (; at > 0 && at < min_bytes; at += found.length)
        if (at >= size || !mshim_decode(entry + at, size - at, address + at, &found) ||
            !(found.is_nop || entry[at] == PUSH)) /* what binds the function lazily */
            return 0;
    return at;
}
