/* SPDX-License-Identifier: MIT */
/* Files that lie. What counts is that nothing is read or written outside of them (the sanitizers look), and
 * that what is relinked all the same can be undone. */
#include "command/relink/undo_apply.h"
#include "command/relink/undo_format.h"
#include "support.h"

#include <criterion/criterion.h>

#include <string.h>

static void survives(const unsigned char *bytes, size_t size) {
    struct mshim_relinked relinked;
    struct mshim_reason reason = {""};
    if (!subject_relink(&relinked, bytes, size, &reason)) {
        cr_assert(*reason.text);
        mshim_relinked_drop(&relinked);
        return;
    }
    if (relinked.edits > 0) {
        size_t restored = relinked.size;
        cr_assert_eq(mshim_undo_apply(relinked.bytes, &restored, &reason), MSHIM_UNDO_DONE, "%s",
                     reason.text);
        cr_assert(restored == size && memcmp(relinked.bytes, bytes, size) == 0);
    }
    mshim_relinked_drop(&relinked);
}

static void survives_undo(const unsigned char *bytes, size_t size) {
    struct mshim_reason reason = {""};
    unsigned char *copy = malloc(size > 0 ? size : 1);
    size_t restored = size;
    memcpy(copy, bytes, size);
    const enum mshim_undo_state state = mshim_undo_apply(copy, &restored, &reason);
    cr_assert(state != MSHIM_UNDO_BROKEN || *reason.text);
    cr_assert(restored <= size);
    free(copy);
}

static void truncate_everywhere(const char *name) {
    const struct subject subject = subject_read(name);
    for (size_t size = 0; size < subject.size; size++)
        survives(subject.bytes, size);
    free(subject.bytes);
}

Test(relink_hostile, files_that_end_early) {
    truncate_everywhere("own_functions");
    truncate_everywhere("thread_local_variables");
    truncate_everywhere("local_dynamic");
}

/* Each byte of what describes the file, one by one. */
static void lie_everywhere(const char *name) {
    static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    struct subject subject = subject_read(name);
    Elf64_Ehdr header;
    memcpy(&header, subject.bytes, sizeof header);
    const size_t sections_bytes = header.e_shnum * sizeof(Elf64_Shdr);
    for (size_t at = 0; at < subject.size; at++) {
        const bool describes = at < 0x800 || at - header.e_shoff < sections_bytes;
        const unsigned char kept = subject.bytes[at];
        for (size_t i = 0; describes && i < sizeof values; i++) {
            subject.bytes[at] = values[i];
            survives(subject.bytes, subject.size);
        }
        subject.bytes[at] = kept;
    }
    free(subject.bytes);
}

Test(relink_hostile, headers_that_lie) {
    lie_everywhere("thread_local_variables");
    lie_everywhere("local_dynamic");
}

static uint64_t next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

Test(relink_hostile, numbers_that_are_anything) {
    const struct subject subject = subject_read("own_functions");
    unsigned char *bytes = malloc(subject.size);
    uint64_t state = 0x9e3779b97f4a7c15;
    const bool full = getenv("MSHIM_TEST_FULL");
    for (unsigned turn = 0; turn < (full ? 200000 : 5000); turn++) {
        memcpy(bytes, subject.bytes, subject.size);
        for (uint64_t changes = 1 + next(&state) % 4; changes > 0; changes--) {
            const uint64_t number =
                next(&state) % 2 ? next(&state) % (2 * subject.size) : -(next(&state) % 4096);
            const size_t size = next(&state) % 2 ? 8 : 4;
            memcpy(bytes + next(&state) % (subject.size / size) * size, &number, size);
        }
        survives(bytes, subject.size);
    }
    free(bytes);
    free(subject.bytes);
}

/* The sum of the file is made right again, so that what is behind that check is reached. */
static void mend_sum(unsigned char *bytes, size_t size, size_t original_bytes) {
    const uint64_t sum = mshim_undo_checksum(bytes, original_bytes);
    memcpy(bytes + size - MSHIM_UNDO_END_BYTES + 4 * sizeof sum, &sum, sizeof sum);
}

Test(relink_hostile, data_to_undo_that_lie) {
    const struct subject subject = subject_read("own_functions");
    struct mshim_relinked relinked;
    struct mshim_reason reason;
    cr_assert(subject_relink(&relinked, subject.bytes, subject.size, &reason), "%s", reason.text);
    cr_assert_gt(relinked.edits, 0);
    for (size_t at = subject.size; at < relinked.size; at++) {
        const unsigned char kept = relinked.bytes[at];
        for (unsigned value = 0; value < 256; value++) {
            relinked.bytes[at] = (unsigned char)value;
            survives_undo(relinked.bytes, relinked.size);
        }
        relinked.bytes[at] = kept;
    }
    for (size_t at = 0; at < subject.size; at += 3) {
        const unsigned char kept = relinked.bytes[at];
        relinked.bytes[at] ^= 0xff;
        mend_sum(relinked.bytes, relinked.size, subject.size);
        survives_undo(relinked.bytes, relinked.size);
        relinked.bytes[at] = kept;
    }
    for (size_t size = 0; size < relinked.size; size++)
        survives_undo(relinked.bytes, size);
    mshim_relinked_drop(&relinked);
    free(subject.bytes);
}
