/* SPDX-License-Identifier: MIT */
#include "command/relink/tls_stub.h"
#include "command/relink/bytes.h"
#include "command/relink/plt.h"
#include "command/relink/sorted.h"

#include <string.h>

static const unsigned char stub_code[MSHIM_TLS_STUB_BYTES] = {
    0x31, 0xc0,             /* xor %eax,%eax */
    0x64, 0x48, 0x8b, 0x00, /* mov %fs:(%rax),%rax */
    0x48, 0x03, 0x07,       /* add (%rdi),%rax */
    0xc3,                   /* ret */
};

bool mshim_tls_stub_is_at(const struct mshim_elf_image *image, uint64_t address) {
    size_t offset;
    return mshim_elf_image_offset(image, address, sizeof stub_code, &offset) &&
           memcmp(image->bytes + offset, stub_code, sizeof stub_code) == 0;
}

/* Does unwinding from the stub in a PLT entry work as well as from the entry itself? */
struct coverage {
    uint64_t entry;
    bool fits;
};

static bool check_frame(void *context, const struct mshim_frame *frame) {
    struct coverage *const coverage = context;
    const uint64_t at = coverage->entry - frame->begin; /* wraps around if the frame begins in the stub */
    if (at >= frame->size && frame->begin - coverage->entry >= MSHIM_TLS_STUB_BYTES)
        return true;
    coverage->fits &= at < frame->size && frame->size - at >= MSHIM_TLS_STUB_BYTES &&
                      (frame->kind == MSHIM_FRAME_LEAF ||
                       (frame->kind == MSHIM_FRAME_LAZY_PLT && at >= MSHIM_PLT_ENTRY_BYTES &&
                        coverage->entry % MSHIM_PLT_ENTRY_BYTES == 0));
    return true;
}

static bool covers_stub(const struct mshim_elf_image *image, uint64_t entry) {
    struct coverage coverage = {entry, true};
    struct mshim_eh_frame seen;
    return mshim_eh_frame_each(image, check_frame, &coverage, &seen) && coverage.fits && seen.whole;
}

/* Is it in a section of data? In some files these share a segment with the code. */
static bool is_data(void *context, uint64_t field, uint64_t target) {
    const struct mshim_elf_image *const image = context;
    (void)target;
    for (size_t i = 0; i < image->section_count; i++) {
        const struct mshim_section *const section = &image->sections[i];
        if ((section->flags & SHF_ALLOC) && field - section->address < section->size)
            return !(section->flags & SHF_EXECINSTR);
    }
    return false;
}

/* Does the program take the PLT entry for the address of the function itself? */
static bool is_address_of_function(const struct mshim_elf_image *image,
                                   const struct mshim_relocations *relocations, uint64_t slot) {
    const struct mshim_relocation *const relocation = mshim_relocations_find(relocations, slot);
    Elf64_Sym symbol;
    return !relocation || !mshim_elf_image_symbol(image, relocation->symbol, &symbol) || symbol.st_value != 0;
}

bool mshim_tls_stub_use_plt(struct mshim_tls_stub *stub, const struct mshim_code *code,
                            const struct mshim_relocations *relocations, uint64_t entry, size_t calls) {
    uint64_t slot;
    size_t branches = 0;
    *stub = (struct mshim_tls_stub){.address = entry,
                                    .capacity = mshim_plt_capacity(code->image, entry, MSHIM_TLS_STUB_BYTES)};
    if (stub->capacity == 0 || !mshim_plt_slot(code->image, entry, &slot) ||
        is_address_of_function(code->image, relocations, slot) || !covers_stub(code->image, entry))
        return false;
    for (size_t i = 0; i < code->branches.count; i++)
        branches += code->branches.item[i].target - entry < MSHIM_TLS_STUB_BYTES;
    for (size_t i = 0; i < code->plt_references.count; i++) {
        const uint64_t target = code->plt_references.item[i].target;
        if (target - entry < MSHIM_TLS_STUB_BYTES || target == slot)
            return false;
    }
    for (size_t i = 0; i < relocations->count; i++)
        if (relocations->relocation[i].type == R_X86_64_RELATIVE &&
            (uint64_t)relocations->relocation[i].addend - entry < MSHIM_TLS_STUB_BYTES)
            return false;
    return branches == calls && mshim_code_each_undecoded(code, entry, 1, is_data, (void *)code->image) &&
           mshim_code_each_undecoded(code, slot, 1, is_data, (void *)code->image);
}

/* Of a stretch that consists of padding: the bytes that the stub overwrites. 0 if it does not. */
static size_t padding_capacity(const struct mshim_elf_image *image,
                               const struct mshim_function_range *stretch) {
    const uint64_t size = stretch->end - stretch->begin;
    struct mshim_instruction found;
    size_t offset, capacity = 0;
    if (!mshim_elf_image_offset(image, stretch->begin, size, &offset))
        return 0;
    const unsigned char *const bytes = image->bytes + offset;
    enum { INT3 = 0xcc };
    for (uint64_t at = 0; at < size; at += found.length) {
        if (capacity == 0 && at >= MSHIM_TLS_STUB_BYTES)
            capacity = at;
        if (bytes[at] == INT3)
            found.length = 1;
        else if (!mshim_decode(bytes + at, size - at, stretch->begin + at, &found) || !found.is_nop)
            return 0;
    }
    return capacity > 0 ? capacity : size >= MSHIM_TLS_STUB_BYTES ? size : 0;
}

struct search {
    const struct mshim_code *code;
    struct mshim_tls_stub *stub;
};

static bool try_frame(void *context, const struct mshim_frame *frame) {
    enum { RET = 0xc3, CACHE_LINE_BYTES = 64, MAX_PADDING_BYTES = 64 };
    const struct search *const search = context;
    const struct mshim_code *const code = search->code;
    const uint64_t end = frame->begin + frame->size;
    size_t offset;
    if (frame->kind != MSHIM_FRAME_LEAF || end % CACHE_LINE_BYTES > CACHE_LINE_BYTES - MSHIM_TLS_STUB_BYTES)
        return true;
    const size_t next = mshim_sorted_from(code->left, code->left_count, sizeof *code->left, end);
    const struct mshim_function_range *const stretch = &code->left[next];
    if (next == code->left_count || stretch->begin != end || stretch->end - end > MAX_PADDING_BYTES ||
        !mshim_elf_image_offset(code->image, end - 1, 1, &offset) || code->image->bytes[offset] != RET ||
        !mshim_code_starts_at(code, end - 1) || mshim_code_is_entered(code, end, stretch->end))
        return true;
    *search->stub = (struct mshim_tls_stub){end, padding_capacity(code->image, stretch), *frame};
    return search->stub->capacity == 0 || search->stub->capacity > MSHIM_EDIT_BYTES;
}

bool mshim_tls_stub_use_padding(struct mshim_tls_stub *stub, const struct mshim_code *code) {
    struct search search = {code, stub};
    struct mshim_eh_frame seen;
    return !mshim_eh_frame_each(code->image, try_frame, &search, &seen);
}

bool mshim_tls_stub_edit(const struct mshim_tls_stub *stub, struct mshim_edits *edits,
                         const struct mshim_elf_image *image, struct mshim_reason *reason) {
    enum { NOP = 0x90 };
    struct mshim_edit edit = {.kind = MSHIM_EDIT_DATA, .size = (unsigned)stub->capacity};
    memset(edit.now, NOP, stub->capacity);
    memcpy(edit.now, stub_code, sizeof stub_code);
    if (!mshim_elf_image_offset(image, stub->address, edit.size, &edit.offset) ||
        !mshim_edits_add(edits, &edit, reason))
        return false;
    if (stub->frame.size == 0)
        return true;
    edit = (struct mshim_edit){
        .kind = MSHIM_EDIT_DATA, .offset = stub->frame.size_offset, .size = stub->frame.size_bytes};
    mshim_bytes_put(edit.now, stub->frame.size + MSHIM_TLS_STUB_BYTES, edit.size);
    return mshim_edits_add(edits, &edit, reason);
}
