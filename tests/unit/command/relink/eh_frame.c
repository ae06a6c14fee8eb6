/* SPDX-License-Identifier: MIT */
/* How functions are unwound, by a library that GNU ld has linked. */
#include "command/relink/eh_frame.h"
#include "support.h"

#include <criterion/criterion.h>

struct kinds {
    const struct mshim_elf_image *image;
    size_t lazy_plt, leaf, other, in_plt, in_text;
};

static bool is_in(const struct kinds *kinds, const char *name, const struct mshim_frame *frame) {
    const struct mshim_section *const section = mshim_elf_image_section(kinds->image, name);
    return section && frame->begin - section->address < section->size;
}

static bool count(void *context, const struct mshim_frame *frame) {
    struct kinds *const kinds = context;
    uint64_t size = 0;
    kinds->lazy_plt += frame->kind == MSHIM_FRAME_LAZY_PLT;
    kinds->leaf += frame->kind == MSHIM_FRAME_LEAF;
    kinds->other += frame->kind == MSHIM_FRAME_OTHER;
    kinds->in_plt += is_in(kinds, ".plt", frame);
    kinds->in_text += is_in(kinds, ".text", frame);
    memcpy(&size, kinds->image->bytes + frame->size_offset, frame->size_bytes);
    cr_assert_eq(size, frame->size);
    cr_assert_eq(frame->kind == MSHIM_FRAME_LAZY_PLT, is_in(kinds, ".plt", frame));
    return true;
}

static bool stop(void *context, const struct mshim_frame *frame) {
    (void)frame;
    ++*(unsigned *)context;
    return false;
}

Test(relink_eh_frame, kinds_of_frames) {
    struct subject subject = subject_read("local_dynamic");
    struct mshim_elf_image image = {.bytes = subject.bytes, .size = subject.size};
    struct kinds kinds = {.image = &image};
    struct mshim_eh_frame seen;
    struct mshim_reason reason;
    unsigned calls = 0;
    cr_assert(mshim_elf_image_parse(&image, &reason), "%s", reason.text);
    cr_assert(mshim_eh_frame_each(&image, count, &kinds, &seen));
    cr_assert(seen.any && seen.whole);
    cr_assert_eq(kinds.lazy_plt, 1);
    cr_assert_eq(kinds.in_plt, 1);
    cr_assert_geq(kinds.leaf, 1, "that of .plt.got");
    cr_assert_eq(kinds.other, 3, "the functions of local_dynamic.c move the stack pointer");
    cr_assert_eq(kinds.in_text, 3);
    cr_assert_not(mshim_eh_frame_each(&image, stop, &calls, &seen));
    cr_assert_eq(calls, 1);
    mshim_elf_image_drop(&image);
    free(subject.bytes);
}
