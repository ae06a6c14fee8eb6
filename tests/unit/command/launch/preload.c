/* SPDX-License-Identifier: MIT */
/* The list in LD_PRELOAD. */
#include "command/launch/preload.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_joined(const char *list, const char *expected) {
    char *const joined = mshim_preload_with("/our/libmshim.so", list);
    cr_assert_not_null(joined);
    cr_assert_str_eq(joined, expected);
    free(joined);
}

Test(launch_preload, ours_comes_first_and_the_others_stay) {
    assert_joined(NULL, "/our/libmshim.so");
    assert_joined("", "/our/libmshim.so");
    assert_joined(" : \t\n", "/our/libmshim.so");
    assert_joined("a.so", "/our/libmshim.so:a.so");
    assert_joined("a.so:b.so c.so\n:d.so ", "/our/libmshim.so:a.so:b.so:c.so:d.so");
}

Test(launch_preload, ours_is_not_there_twice) {
    assert_joined("/our/libmshim.so", "/our/libmshim.so");
    assert_joined("libmshim.so:a.so:/nonesuch/libmshim.so", "/our/libmshim.so:a.so");
    assert_joined("libmshim.so.old:xlibmshim.so", "/our/libmshim.so:libmshim.so.old:xlibmshim.so");
}

Test(launch_preload, an_entry_longer_than_a_path_stays) {
    char list[PATH_MAX + 100], expected[2 * PATH_MAX];
    memset(list, 'x', sizeof list);
    list[sizeof list - 1] = 0;
    snprintf(expected, sizeof expected, "/our/libmshim.so:%s", list);
    assert_joined(list, expected);
}

Test(launch_preload, paths_that_cannot_be_named) {
    cr_assert(mshim_preload_can_name("/a/libmshim.so"));
    cr_assert(!mshim_preload_can_name("/a b/libmshim.so"));
    cr_assert(!mshim_preload_can_name("/a:b/libmshim.so"));
    cr_assert(!mshim_preload_can_name("/a\tb/libmshim.so"));
    cr_assert(!mshim_preload_can_name("/a\nb/libmshim.so"));
    cr_assert(!mshim_preload_can_name("/$LIB/libmshim.so"));
}
