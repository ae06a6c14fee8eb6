/* SPDX-License-Identifier: MIT */
/* Variables that look like one of mshim's. */
#include "command/launch/variables.h"

#include <criterion/criterion.h>

#include <string.h>

static void assert_found(const char *variable, const char *expected) {
    const char *const environment[] = {"PATH=/bin", variable, NULL};
    char text[256];
    const size_t count = mshim_variables_misspelt(environment, text, sizeof text);
    cr_assert_eq(count, *expected != 0, "%s: %s", variable, text);
    cr_assert_str_eq(text, expected);
}

Test(launch_variables, of_its_own_are_none) {
    assert_found("MSHIM_ALLOCATOR=", "");
    assert_found("MSHIM_FIRST=1", "");
    assert_found("MSHIM_THREAD_STACK=8M", "");
}

Test(launch_variables, others_are_none) {
    assert_found("MALLOC_CONF=x", "");
    assert_found("MIMALLOC_PURGE_DELAY=0", "");
    assert_found("HOME", "");
    assert_found("=", "");
    assert_found("MSHIM=build/bin/mshim", "");
}

Test(launch_variables, misspelt_ones_are_named) {
    assert_found("MSHIM_ALOCATOR=x", "MSHIM_ALOCATOR means nothing to mshim: did you mean MSHIM_ALLOCATOR?");
    assert_found("MSHIM_ALLOACTOR=x",
                 "MSHIM_ALLOACTOR means nothing to mshim: did you mean MSHIM_ALLOCATOR?");
    assert_found("MSHM_STATS=x", "MSHM_STATS means nothing to mshim: did you mean MSHIM_STATS?");
    assert_found("mshim_report=x", "mshim_report means nothing to mshim: did you mean MSHIM_REPORT?");
    assert_found("MSHIM_THREADS_STACK=x",
                 "MSHIM_THREADS_STACK means nothing to mshim: did you mean MSHIM_THREAD_STACK?");
    assert_found("MSHIM_NONSENSE=x", "MSHIM_NONSENSE means nothing to mshim");
}

Test(launch_variables, long_ones_and_many_are_no_harm) {
    char variable[4096], text[64];
    const char *environment[1001];
    memset(variable, 'M', sizeof variable - 1);
    variable[sizeof variable - 1] = 0;
    assert_found(variable, "");
    for (size_t i = 0; i < 1000; i++)
        environment[i] = "MSHIM_ALOCATOR=x";
    environment[1000] = NULL;
    cr_assert_eq(mshim_variables_misspelt(environment, text, sizeof text), 1000);
    cr_assert_lt(strlen(text), sizeof text);
}
