/* SPDX-License-Identifier: MIT */
/* Size classes against the words of mshim.h: 16 bytes wide up to 1 KiB, four a doubling up to 64 MiB, then
 * one. */
#include "shared/stats/size_classes.h"

#include <criterion/criterion.h>

Test(size_classes, are_sixteen_bytes_wide_up_to_1_kib) {
    for (size_t size = 1; size <= 1024; size++) {
        const unsigned index = mshim_size_class(size);
        cr_assert_eq(mshim_size_class_to_bytes(index), (size + 15) / 16 * 16, "size %zu", size);
        cr_assert_eq(mshim_size_class_from_bytes(index), (size + 15) / 16 * 16 - 15, "size %zu", size);
    }
    cr_assert_eq(mshim_size_class(0), 0);
    cr_assert_eq(mshim_size_class_to_bytes(0), 0);
}

Test(size_classes, follow_each_other_without_gap_or_overlap) {
    for (unsigned i = 1; i < MSHIM_SIZE_CLASSES; i++) {
        cr_assert_eq(mshim_size_class_from_bytes(i), mshim_size_class_to_bytes(i - 1) + 1, "class %u", i);
        cr_assert_geq(mshim_size_class_to_bytes(i), mshim_size_class_from_bytes(i), "class %u", i);
    }
    cr_assert_eq(mshim_size_class_to_bytes(MSHIM_SIZE_CLASSES - 1), UINT64_MAX);
}

Test(size_classes, hold_their_own_first_and_last_size) {
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++) {
        cr_assert_eq(mshim_size_class(mshim_size_class_from_bytes(i)), i, "class %u", i);
        cr_assert_eq(mshim_size_class(mshim_size_class_to_bytes(i)), i, "class %u", i);
    }
}

Test(size_classes, are_four_a_doubling_up_to_64_mib) {
    for (size_t doubling = 1024; doubling < (64u << 20); doubling *= 2)
        cr_assert_eq(mshim_size_class(doubling * 2) - mshim_size_class(doubling), 4, "from %zu", doubling);
    cr_assert_eq(mshim_size_class(128u << 20) - mshim_size_class(64u << 20), 1);
}
