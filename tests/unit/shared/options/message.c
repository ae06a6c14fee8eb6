/* SPDX-License-Identifier: MIT */
/* The text of the line about a value that cannot be used. */
#include "shared/options/options.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static const struct mshim_option *row(enum mshim_option_index index) {
    return &mshim_option_rows[index];
}

static const char *escaped(size_t size, const char *value) {
    static char buffer[256];
    memset(buffer, '#', sizeof buffer);
    const size_t length = mshim_option_escape(buffer, size, value);
    cr_assert_eq(length, strlen(buffer));
    cr_assert_lt(length, size);
    for (size_t i = size; i < sizeof buffer; i++)
        cr_assert_eq(buffer[i], '#', "written behind the buffer");
    return buffer;
}

Test(options_message, names_variable_value_and_what_is_accepted) {
    char line[MSHIM_REFUSAL_BYTES];
    mshim_option_refusal(line, sizeof line, row(MSHIM_OPTION_allocator), "foo", true);
    cr_assert_str_eq(
        line, "mshim: MSHIM_ALLOCATOR=foo cannot be used; accepted: mimalloc, jemalloc, mallocng, system; "
              "going on with mimalloc\n");
    mshim_option_refusal(line, sizeof line, row(MSHIM_OPTION_stats), "yes", false);
    cr_assert_str_eq(line, "mshim: MSHIM_STATS=yes cannot be used; accepted: on, off\n");
    mshim_option_refusal(line, sizeof line, row(MSHIM_OPTION_report), "x/", true);
    cr_assert_str_eq(line,
                     "mshim: MSHIM_REPORT=x/ cannot be used; accepted: the path of a file (shorter than 4096 "
                     "bytes), - for stderr; going on without it\n");
}

Test(options_message, is_whole_for_every_row_however_long_the_value) {
    const size_t length = 4 << 20;
    char *value = malloc(length + 1), line[MSHIM_REFUSAL_BYTES];
    cr_assert_not_null(value);
    memset(value, '\n', length);
    value[length] = 0;
    for (size_t i = 0; i < mshim_option_count; i++) {
        const size_t used = mshim_option_refusal(line, sizeof line, &mshim_option_rows[i], value, true);
        cr_assert_lt(used, sizeof line - 1);
        cr_assert_eq(used, strlen(line));
        cr_assert_eq(strchr(line, '\n'), line + used - 1, "one line");
        cr_assert_not_null(strstr(line, "going on with"));
    }
    free(value);
}

Test(options_message, is_cut_to_the_buffer) {
    char line[MSHIM_REFUSAL_BYTES];
    for (size_t size = 1; size < 100; size++) {
        memset(line, '#', sizeof line);
        cr_assert_eq(mshim_option_refusal(line, size, row(MSHIM_OPTION_allocator), "foo", true), size - 1);
        cr_assert_eq(line[size - 1], 0);
        cr_assert_eq(line[size], '#');
    }
}

Test(options_message, lists_what_is_accepted) {
    char text[MSHIM_REFUSAL_BYTES];
    mshim_option_accepted(text, sizeof text, row(MSHIM_OPTION_verbose), true);
    cr_assert_str_eq(text, "off, on");
    mshim_option_accepted(text, sizeof text, row(MSHIM_OPTION_report), true);
    cr_assert_str_eq(text, "unset, the path of a file (shorter than 4096 bytes), - for stderr");
}

Test(options_message, escapes_what_is_not_printable) {
    cr_assert_str_eq(escaped(80, "plain ~"), "plain ~");
    cr_assert_str_eq(escaped(80, ""), "");
    cr_assert_str_eq(escaped(80, "\x1b[2J\n\x7f\\\xc3\xa4\x01"), "\\x1b[2J\\x0a\\x7f\\x5c\\xc3\\xa4\\x01");
}

Test(options_message, says_where_it_left_something_out) {
    cr_assert_str_eq(escaped(11, "0123456789"), "0123456789");
    cr_assert_str_eq(escaped(10, "0123456789"), "012345...");
    cr_assert_str_eq(escaped(4, "0123456789"), "...");
    cr_assert_str_eq(escaped(4, "\n"), "...");
    cr_assert_str_eq(escaped(5, "\n"), "\\x0a");
    cr_assert_str_eq(escaped(8, "ab\ncd"), "ab...");
    cr_assert_str_eq(escaped(10, "ab\ncdefg"), "ab\\x0a...");
    char many[2000];
    memset(many, '\x80', sizeof many - 1);
    many[sizeof many - 1] = 0;
    for (size_t size = 4; size < 200; size++)
        escaped(size, many);
}
