/* SPDX-License-Identifier: MIT */
/* Which functions are in force: before anything was called, after the shim's start, and with
 * MSHIM_MEMFUNCS=off. */
#include "functions.h"

#include "library/libc/string/entry.h"

#include <criterion/criterion.h>

#include <dlfcn.h>
#include <string.h>

static const char *best(void) {
    const char *name = NULL;
    for (size_t i = 0; mshim_memfuncs_variants[i]; i++)
        if (mshim_memfuncs_variants[i]->supported())
            name = mshim_memfuncs_variants[i]->name;
    return name;
}

static unsigned char a[4096], b[4096];

/* One test a function, since each begins in a process of its own, where nothing is chosen yet. */
#define FIRST_CALL(function, call)                                                                           \
    Test(memory_select, function##_may_be_the_first_call) {                                                  \
        for (size_t i = 0; i < sizeof a; i++)                                                                \
            a[i] = 'a';                                                                                      \
        cr_assert_null(mshim_memfuncs_in_force());                                                           \
        cr_assert(call);                                                                                     \
        cr_assert_not_null(mshim_memfuncs_in_force());                                                       \
        cr_assert_str_eq(mshim_memfuncs_in_force(), best());                                                 \
        cr_assert(call);                                                                                     \
    }

FIRST_CALL(memcpy, MSHIM_MEMFUNCS_ENTRY(memcpy)(b, a, 4000) == b && b[3999] == 'a' && b[4000] == 0)
FIRST_CALL(memmove, MSHIM_MEMFUNCS_ENTRY(memmove)(b, a, 4000) == b && b[3999] == 'a' && b[4000] == 0)
FIRST_CALL(memset, MSHIM_MEMFUNCS_ENTRY(memset)(b, 'b', 4000) == b && b[3999] == 'b' && b[4000] == 0)
FIRST_CALL(memcmp, MSHIM_MEMFUNCS_ENTRY(memcmp)(a, b, 4000) > 0)
FIRST_CALL(bcmp, MSHIM_MEMFUNCS_ENTRY(bcmp)(a, b, 4000) != 0)
FIRST_CALL(memchr, MSHIM_MEMFUNCS_ENTRY(memchr)(a, 'b', 4000) == NULL)
FIRST_CALL(memrchr, MSHIM_MEMFUNCS_ENTRY(memrchr)(a, 'a', 4000) == &a[3999])
FIRST_CALL(wmemchr,
           MSHIM_MEMFUNCS_ENTRY(wmemchr)((const wchar_t *)(void *)b, 0, 1000) == (wchar_t *)(void *)b)
FIRST_CALL(strlen, MSHIM_MEMFUNCS_ENTRY(strlen)((const char *)a) == 4096)
FIRST_CALL(strchr, MSHIM_MEMFUNCS_ENTRY(strchr)((const char *)a, 'b') == NULL)
FIRST_CALL(strcmp, MSHIM_MEMFUNCS_ENTRY(strcmp)((const char *)a, (const char *)b) > 0)
FIRST_CALL(strncmp, MSHIM_MEMFUNCS_ENTRY(strncmp)((const char *)a, (const char *)b, 4000) > 0)

Test(memory_select, enabled_takes_the_best_of_this_cpu) {
    mshim_memfuncs_select(true);
    cr_assert_str_eq(mshim_memfuncs_in_force(), best());
    cr_assert(mshim_memfuncs_nontemporal_bytes >= 1 << 20 && mshim_memfuncs_nontemporal_bytes < SIZE_MAX);
}

Test(memory_select, disabled_takes_libc) {
    mshim_memfuncs_select(false);
    cr_assert_str_eq(mshim_memfuncs_in_force(), "libc");
    cr_assert(!mshim_memfuncs_at_best);
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    cr_assert(*(void **)&mshim_memfuncs_to_##name == dlsym(RTLD_DEFAULT, #name), #name);
#include <mshim/memory_functions.def>
    for (size_t i = 0; i < sizeof a; i++)
        a[i] = 'a';
    cr_assert(MSHIM_MEMFUNCS_ENTRY(memcpy)(b, a, 4000) == b && memcmp(a, b, 4000) == 0 && b[4000] == 0);
    cr_assert(MSHIM_MEMFUNCS_ENTRY(strlen)((char *)b) == 4000);
}

static size_t spied;

static void *spy(void *to, const void *from, size_t n) {
    (void)from;
    spied = n;
    return to;
}

Test(memory_select, disabled_forwards_short_copies_too) {
    mshim_memfuncs_select(false);
    mshim_memfuncs_to_memcpy = mshim_memfuncs_to_memmove = spy;
    MSHIM_MEMFUNCS_ENTRY(memcpy)(a, b, 8);
    cr_assert(spied == 8);
    MSHIM_MEMFUNCS_ENTRY(memmove)(a, b, 7);
    cr_assert(spied == 7);
}

Test(memory_select, unknown_variant_changes_nothing) {
    cr_assert(mshim_memfuncs_use("sse2"));
    cr_assert(!mshim_memfuncs_use("sse3"));
    cr_assert_str_eq(mshim_memfuncs_in_force(), "sse2");
}
