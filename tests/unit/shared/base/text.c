/* SPDX-License-Identifier: MIT */
/* Bounded text and decimal numbers. */
#include "shared/base/text.h"

#include <criterion/criterion.h>

Test(base_text, is_put_together) {
    char buffer[64];
    struct mshim_text text = mshim_text_in(buffer, sizeof buffer);
    cr_assert_str_eq(buffer, "");
    mshim_text_append(&text, "a");
    mshim_text_append_number(&text, 0);
    mshim_text_append_number(&text, UINT64_MAX);
    mshim_text_append_hex(&text, 0xbeef, 6);
    mshim_text_append_bytes(&text, "xyz", 2);
    cr_assert_str_eq(buffer, "a01844674407370955161500beefxy");
    cr_assert_eq(text.length, strlen(buffer));
    cr_assert_not(text.truncated);
}

Test(base_text, hex_has_the_last_digits) {
    char buffer[64];
    struct mshim_text text = mshim_text_in(buffer, sizeof buffer);
    mshim_text_append_hex(&text, 0x123456789abcdef0, 16);
    mshim_text_append(&text, " ");
    mshim_text_append_hex(&text, 0x123, 2);
    mshim_text_append_hex(&text, 0x123, 0);
    cr_assert_str_eq(buffer, "123456789abcdef0 23");
}

Test(base_text, what_fits_exactly_is_not_truncated) {
    char buffer[6];
    struct mshim_text text = mshim_text_in(buffer, sizeof buffer);
    mshim_text_append(&text, "hello");
    cr_assert_not(text.truncated);
    mshim_text_append(&text, "");
    cr_assert_not(text.truncated);
    mshim_text_append(&text, "!");
    cr_assert(text.truncated);
    cr_assert_str_eq(buffer, "hello");
}

/* Whatever the capacity: a beginning of the text, ended by a NUL, and nothing behind it. */
Test(base_text, what_does_not_fit_is_left_out) {
    static const char whole[] = "abc123def";
    for (size_t capacity = 1; capacity < sizeof whole + 2; capacity++) {
        char buffer[sizeof whole + 4];
        memset(buffer, '#', sizeof buffer);
        struct mshim_text text = mshim_text_in(buffer, capacity);
        mshim_text_append(&text, "abc");
        mshim_text_append_number(&text, 123);
        mshim_text_append(&text, "def");
        const size_t expected = capacity < sizeof whole ? capacity - 1 : sizeof whole - 1;
        cr_assert_eq(text.length, expected);
        cr_assert_eq(strncmp(buffer, whole, expected), 0);
        cr_assert_eq(buffer[expected], 0);
        cr_assert_eq(buffer[capacity], '#');
        cr_assert_eq(text.truncated, capacity < sizeof whole);
    }
}

Test(base_decimal, is_written_and_read) {
    static const uint64_t numbers[] = {0, 1, 9, 10, 4294967295u, 4294967296u, UINT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char digits[MSHIM_DECIMAL_BYTES];
        cr_assert_eq(mshim_decimal_read(mshim_decimal(numbers[i], digits)), numbers[i]);
    }
    cr_assert_eq(mshim_decimal_read("12 kB"), 12);
    cr_assert_eq(mshim_decimal_read("-1"), 0);
    cr_assert_eq(mshim_decimal_read(""), 0);
}
