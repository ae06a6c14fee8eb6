/* SPDX-License-Identifier: MIT */
/*
 * One input: bytes that may be a file to relink, and a file that was relinked. The name is what libFuzzer
 * asks for, so that its driver can take the place of driver.c: clang -fsanitize=fuzzer,address,undefined
 * -Ishim -Iinclude target.c ../../../shim/command/relink/[a-z]*.c LIBZYDIS
 */
#include "command/relink/relink.h"
#include "command/relink/undo_apply.h"
#include "command/relink/undo_format.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static void demand(bool right, const char *what) {
    if (right)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* Of exactly this size, so that a sanitizer sees what is touched behind it. */
static unsigned char *copy_of(const unsigned char *bytes, size_t size) {
    unsigned char *const copy = malloc(size ? size : 1);
    demand(copy, "not enough memory");
    memcpy(copy, bytes, size);
    return copy;
}

static void relink(const unsigned char *bytes, size_t size, bool keep_tls) {
    unsigned char *const copy = copy_of(bytes, size), *const beside = copy_of(bytes, size);
    struct mshim_elf_image other = {.bytes = beside, .size = size};
    const struct mshim_elf_image *const list[] = {&other};
    struct mshim_reason reason = {""};
    struct mshim_relinked relinked;
    /* The same file as another library of the process: all that it defines is then somebody else's, too. */
    const struct mshim_others none = {NULL, 0}, one = {list, 1};
    if (mshim_elf_image_parse(&other, &reason)) {
        if (mshim_relink(&relinked, copy, size, &one, keep_tls, &reason))
            demand(relinked.calls.direct == 0, "a call of what another library defines was changed");
        mshim_relinked_drop(&relinked);
    }
    mshim_elf_image_drop(&other);
    free(beside);
    memset(&reason, 0, sizeof reason);
    if (!mshim_relink(&relinked, copy, size, &none, keep_tls, &reason)) {
        demand(*reason.text, "left alone without a reason");
    } else {
        demand(memcmp(copy, bytes, size) == 0, "the original was written to");
        size_t restored = relinked.size;
        if (relinked.edits == 0)
            demand(relinked.size == size && memcmp(relinked.bytes, bytes, size) == 0,
                   "changed without an edit");
        else
            demand(mshim_undo_apply(relinked.bytes, &restored, &reason) == MSHIM_UNDO_DONE &&
                       restored == size && memcmp(relinked.bytes, bytes, size) == 0,
                   "the original does not come back");
    }
    mshim_relinked_drop(&relinked);
    free(copy);
}

/* The sums are made right, so that what stands behind that check is reached. */
static void undo(const unsigned char *bytes, size_t size) {
    enum { FIELD = 8, ORIGINAL_BYTES = 2, SUM_AFTER = 4 };
    unsigned char *const copy = copy_of(bytes, size);
    struct mshim_reason reason = {""};
    size_t restored = size;
    if (size >= MSHIM_UNDO_END_BYTES) {
        unsigned char *const end = copy + size - MSHIM_UNDO_END_BYTES;
        uint64_t original_bytes;
        memcpy(&original_bytes, end + ORIGINAL_BYTES * FIELD, FIELD);
        if (original_bytes <= size - MSHIM_UNDO_END_BYTES) {
            const uint64_t sum = mshim_undo_checksum(copy, original_bytes);
            memcpy(end + SUM_AFTER * FIELD, &sum, FIELD);
        }
    }
    const enum mshim_undo_state state = mshim_undo_apply(copy, &restored, &reason);
    demand(restored <= size, "undone, it is longer");
    demand(state != MSHIM_UNDO_BROKEN || *reason.text, "damaged without a reason");
    free(copy);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
    relink(bytes, size, false);
    relink(bytes, size, true);
    undo(bytes, size);
    return 0;
}
