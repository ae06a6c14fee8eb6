/* SPDX-License-Identifier: MIT */
/* Relinking and back. */
#include "command/relink/undo_apply.h"
#include "support.h"

#include <criterion/criterion.h>

#include <string.h>

static struct mshim_relinked relink(const struct subject *subject) {
    struct mshim_relinked relinked;
    struct mshim_reason reason;
    cr_assert(subject_relink(&relinked, subject->bytes, subject->size, &reason), "%s", reason.text);
    return relinked;
}

Test(relink_undo, original_comes_back) {
    static const char *const names[] = {"own_functions", "thread_local_variables", "local_dynamic"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct subject subject = subject_read(names[i]);
        struct mshim_relinked relinked = relink(&subject);
        struct mshim_reason reason;
        cr_assert_gt(relinked.edits, 0);
        cr_assert_eq(relinked.size, subject.size + relinked.undo_bytes);
        cr_assert(memcmp(relinked.bytes, subject.bytes, subject.size) != 0);
        size_t size = relinked.size;
        cr_assert_eq(mshim_undo_apply(relinked.bytes, &size, &reason), MSHIM_UNDO_DONE);
        cr_assert(size == subject.size && memcmp(relinked.bytes, subject.bytes, size) == 0);
        mshim_relinked_drop(&relinked);
        free(subject.bytes);
    }
}

Test(relink_undo, calls_and_tls_accesses_are_counted) {
    struct subject subject = subject_read("own_functions");
    struct mshim_relinked relinked = relink(&subject);
    cr_assert_eq(relinked.calls.direct, 3); /* answer twice, remember once */
    cr_assert_geq(relinked.calls.left[MSHIM_BINDING_EXTERNAL], 1, "atoi, and what every library calls");
    cr_assert_eq(relinked.tls_accesses.all, 0);
    mshim_relinked_drop(&relinked);
    free(subject.bytes);
    subject = subject_read("thread_local_variables");
    relinked = relink(&subject);
    cr_assert_eq(relinked.calls.direct, 0);
    cr_assert_gt(relinked.tls_accesses.all, 0);
    cr_assert_eq(relinked.tls_accesses.direct, relinked.tls_accesses.all);
    cr_assert_eq(relinked.tls_accesses.by_stub, 0);
    mshim_relinked_drop(&relinked);
    free(subject.bytes);
    subject = subject_read("local_dynamic");
    relinked = relink(&subject);
    cr_assert_eq(relinked.tls_accesses.all, 3);
    cr_assert_eq(relinked.tls_accesses.direct, 3);
    cr_assert_eq(relinked.tls_accesses.by_stub, 1);
    mshim_relinked_drop(&relinked);
    free(subject.bytes);
}

Test(relink_undo, file_without_data_is_left_as_it_is) {
    struct subject subject = subject_read("own_functions");
    struct mshim_reason reason;
    size_t size = subject.size;
    cr_assert_eq(mshim_undo_apply(subject.bytes, &size, &reason), MSHIM_UNDO_NONE);
    cr_assert_eq(size, subject.size);
    free(subject.bytes);
}

Test(relink_undo, file_that_was_changed_afterwards_is_not_undone) {
    struct subject subject = subject_read("own_functions");
    struct mshim_relinked relinked = relink(&subject);
    struct mshim_reason reason;
    size_t size = relinked.size;
    relinked.bytes[subject.size / 2] ^= 1;
    cr_assert_eq(mshim_undo_apply(relinked.bytes, &size, &reason), MSHIM_UNDO_BROKEN);
    cr_assert_str_eq(reason.text, "it was changed after it was relinked");
    mshim_relinked_drop(&relinked);
    free(subject.bytes);
}

Test(relink_undo, data_of_another_version_are_named) {
    struct subject subject = subject_read("own_functions");
    struct mshim_relinked relinked = relink(&subject);
    struct mshim_reason reason;
    size_t size = relinked.size;
    relinked.bytes[size - 56] = 9;
    cr_assert_eq(mshim_undo_apply(relinked.bytes, &size, &reason), MSHIM_UNDO_BROKEN);
    cr_assert_str_eq(reason.text, "another version of mshim has relinked it (undo format 9)");
    mshim_relinked_drop(&relinked);
    free(subject.bytes);
}
