/* SPDX-License-Identifier: MIT */
#include "command/compare/arms.h"
#include "command/compare/environment.h"

#include <criterion/criterion.h>

#include <string.h>

static struct mshim_arms arms;
static char why[MSHIM_WHY_BYTES];

static const struct mshim_arm *read_one(const char *list) {
    cr_assert(mshim_arms_add(&arms, list, why, sizeof why), "%s: %s", list, why);
    return &arms.arm[arms.count - 1];
}

static void assert_refused(const char *list, const char *because) {
    cr_assert_not(mshim_arms_add(&arms, list, why, sizeof why), "%s", list);
    cr_assert(strstr(why, because), "%s: %s", list, why);
}

Test(compare_arms, names_and_kinds) {
    cr_assert(mshim_arms_add(&arms, "none,mimalloc,none,jemalloc,none", why, sizeof why));
    cr_assert_eq(arms.count, 5);
    cr_assert_eq(arms.arm[0].kind, MSHIM_ARM_NONE);
    cr_assert_eq(arms.arm[1].kind, MSHIM_ARM_SHIM);
    cr_assert_str_eq(arms.arm[1].allocator, "mimalloc");
    cr_assert_str_eq(arms.arm[2].name, "none-again");
    cr_assert_str_eq(arms.arm[4].name, "none-again-2");
    mshim_arms_free(&arms);
}

Test(compare_arms, variables_with_commas_and_pluses_in_their_values) {
    const struct mshim_arm *arm = read_one("jemalloc+MALLOC_CONF=narenas:1,tcache:false+MSHIM_PYTHON=off");
    cr_assert_eq(arms.count, 1);
    cr_assert_eq(arm->set_count, 2);
    cr_assert_str_eq(arm->allocator, "jemalloc");
    cr_assert_str_eq(arm->set[0], "MALLOC_CONF=narenas:1,tcache:false");
    cr_assert_str_eq(arm->set[1], "MSHIM_PYTHON=off");
    arm = read_one("jemalloc+MALLOC_CONF=a:1+b,c:2,mimalloc+MSHIM_STATS=on,none");
    cr_assert_eq(arms.count, 4);
    cr_assert_str_eq(arms.arm[1].set[0], "MALLOC_CONF=a:1+b,c:2");
    cr_assert_str_eq(arms.arm[2].set[0], "MSHIM_STATS=on");
    mshim_arms_free(&arms);
}

Test(compare_arms, what_cannot_be_an_arm_is_refused_by_name) {
    assert_refused("", "there is no arm ''; accepted: none");
    assert_refused("nonesuch", "there is no arm nonesuch; accepted: none");
    assert_refused("none,", "there is no arm ''");
    assert_refused("none+MSHIM_STATS=on", "there is no arm none+MSHIM_STATS=on");
    assert_refused("mimalloc+", "VARIABLE=VALUE is wanted");
    assert_refused("mimalloc+MSHIM_STATS", "VARIABLE=VALUE is wanted");
    assert_refused("mimalloc+=1", "VARIABLE=VALUE is wanted");
    assert_refused("mimalloc+PATH=/x", "PATH is no variable of an allocator");
    assert_refused("mimalloc+MSHIM_STATS=perhaps", "MSHIM_STATS=perhaps cannot be used; accepted: on, off");
    assert_refused("mimalloc+MSHIM_REPORT=x", "MSHIM_REPORT cannot be set by an arm");
    assert_refused("mimalloc+MSHIM_ALLOCATOR=jemalloc", "MSHIM_ALLOCATOR cannot be set by an arm");
    assert_refused("mimalloc+MSHIM_NONESUCH=1", "MSHIM_NONESUCH cannot be set by an arm");
    assert_refused("/nonesuch.so", "/nonesuch.so: No such file");
    assert_refused("/etc/passwd", "/etc/passwd is no library that could be preloaded");
    assert_refused("/proc/self/exe", "is no library that could be preloaded");
}

Test(compare_arms, so_many_and_no_more) {
    for (size_t i = 0; i < MSHIM_ARMS; i++)
        read_one("none");
    assert_refused("none", "more than 16 arms");
}

static const char *value_of(char *const *environment, const char *name) {
    const char *found = NULL;
    for (; *environment; environment++)
        if (strncmp(*environment, name, strlen(name)) == 0 && (*environment)[strlen(name)] == '=') {
            cr_assert_null(found, "%s is set twice", name);
            found = *environment + strlen(name) + 1;
        }
    return found;
}

static const char *const around[] = {"PATH=/bin",
                                     "MSHIM_STATS=on",
                                     "MSHIM_FIRST=1",
                                     "MALLOC_CONF=x:1",
                                     "LD_PRELOAD=/a/libmshim.so /b/other.so",
                                     NULL};

static char **environment_of(const struct mshim_arm *arm, const char *report, const char *counter) {
    char **environment = mshim_environment_make(arm, (char *const *)around, report, counter);
    cr_assert_not_null(environment);
    cr_assert_str_eq(value_of(environment, "PATH"), "/bin");
    cr_assert_null(value_of(environment, "MSHIM_FIRST"));
    return environment;
}

Test(compare_arms, environment_of_a_bare_command) {
    char **bare = environment_of(read_one("none"), NULL, NULL);
    cr_assert_null(value_of(bare, "MSHIM_STATS"));
    cr_assert_str_eq(value_of(bare, "LD_PRELOAD"), "/b/other.so");
    mshim_environment_free(bare);
    char **counted = environment_of(&arms.arm[0], "/r/%p.json", "/lib/libmshim.so");
    cr_assert_str_eq(value_of(counted, "LD_PRELOAD"), "/lib/libmshim.so:/b/other.so");
    cr_assert_str_eq(value_of(counted, "MSHIM_ALLOCATOR"), "system");
    cr_assert_str_eq(value_of(counted, "MSHIM_REPORT"), "/r/%p.json");
    mshim_environment_free(counted);
}

Test(compare_arms, environment_of_the_shim) {
    read_one("jemalloc+MALLOC_CONF=y:2+MSHIM_PYTHON=off");
    strcpy(arms.arm[0].library, "/lib/libmshim.so");
    char **timed = environment_of(&arms.arm[0], NULL, "/lib/libmshim.so");
    cr_assert_str_eq(value_of(timed, "LD_PRELOAD"), "/lib/libmshim.so:/b/other.so");
    cr_assert_str_eq(value_of(timed, "MSHIM_ALLOCATOR"), "jemalloc");
    cr_assert_str_eq(value_of(timed, "MSHIM_STATS"), "off");
    cr_assert_str_eq(value_of(timed, "MSHIM_PYTHON"), "off");
    cr_assert_str_eq(value_of(timed, "MALLOC_CONF"), "y:2");
    mshim_environment_free(timed);
    char **counted = environment_of(&arms.arm[0], "/r/%p.json", "/lib/libmshim.so");
    cr_assert_null(value_of(counted, "MSHIM_STATS"));
    cr_assert_str_eq(value_of(counted, "MSHIM_ALLOCATOR"), "jemalloc");
    mshim_environment_free(counted);
}

Test(compare_arms, environment_of_another_library) {
    read_one("none");
    arms.arm[0].kind = MSHIM_ARM_LIBRARY;
    strcpy(arms.arm[0].library, "/lib/libother.so");
    char **timed = environment_of(&arms.arm[0], NULL, "/lib/libmshim.so");
    cr_assert_str_eq(value_of(timed, "LD_PRELOAD"), "/lib/libother.so:/b/other.so");
    cr_assert_null(value_of(timed, "MSHIM_ALLOCATOR"));
    mshim_environment_free(timed);
    char **counted = environment_of(&arms.arm[0], "/r/%p.json", "/lib/libmshim.so");
    cr_assert_str_eq(value_of(counted, "LD_PRELOAD"), "/lib/libmshim.so:/lib/libother.so:/b/other.so");
    cr_assert_str_eq(value_of(counted, "MSHIM_ALLOCATOR"), "system");
    mshim_environment_free(counted);
}
