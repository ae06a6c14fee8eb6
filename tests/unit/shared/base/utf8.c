/* SPDX-License-Identifier: MIT */
/* What of a text of unknown origin may be shown on a terminal. */
#include "shared/base/utf8.h"

#include <criterion/criterion.h>

#include <string.h>

static void assert_shown(const char *text, const char *expected) {
    char copy[128];
    strcpy(copy, text);
    mshim_make_visible(copy);
    cr_assert_str_eq(copy, expected);
}

Test(base_utf8, characters_stay) {
    assert_shown("", "");
    assert_shown("python3 -c 'x'~", "python3 -c 'x'~");
    assert_shown("\u00a0\u00e4\u20ac\U0001f40d\U0010ffff", "\u00a0\u00e4\u20ac\U0001f40d\U0010ffff");
}

Test(base_utf8, controls_are_replaced) {
    assert_shown("a\033[2J\n\r\t\177b", "a?[2J????b");
    assert_shown("a\302\2332Jb", "a??2Jb"); /* U+009B: CSI */
    assert_shown("\302\200\302\237\302\240", "????\302\240");
    assert_shown("\342\200\256x", "???x"); /* U+202E: right to left */
    assert_shown("\342\201\246x", "???x"); /* U+2066 */
    assert_shown("\342\200\250x", "???x"); /* U+2028: a line's end */
}

Test(base_utf8, bytes_that_are_no_characters_are_replaced) {
    assert_shown("\233", "?");                /* CSI in eight bits */
    assert_shown("\300\200", "??");           /* overlong */
    assert_shown("\340\202\233", "???");      /* overlong CSI */
    assert_shown("\355\240\200", "???");      /* a surrogate */
    assert_shown("\364\220\200\200", "????"); /* beyond the last character */
    assert_shown("\303", "?");                /* cut off */
    assert_shown("\342\202", "??");
    assert_shown("\360\237\220", "???");
}

Test(base_utf8, numbers_of_characters) {
    cr_assert_eq(mshim_utf8_character("A", 1), 'A');
    cr_assert_eq(mshim_utf8_character("\302\233", 2), 0x9b);
    cr_assert_eq(mshim_utf8_character("\342\202\254", 3), 0x20ac);
    cr_assert_eq(mshim_utf8_character("\360\237\220\215", 4), 0x1f40d);
}
