/* SPDX-License-Identifier: MIT */
/* What each call means, as pymalloc has it, and where it goes. */
#include "objects.h"

#include "library/python/command_line.h"
#include "library/python/hook.h"
#include "library/python/large.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Test(python_objects, size_zero_is_a_block) {
    start_objects();
    void *first = mshim_python_objects_malloc(OBJECT, 0), *second = mshim_python_objects_malloc(OBJECT, 0);
    cr_expect_not_null(first);
    cr_expect_neq(first, second);
    void *third = mshim_python_objects_calloc(MEM, 0, 8), *fourth = mshim_python_objects_calloc(MEM, 8, 0);
    cr_expect_not_null(third);
    cr_expect_not_null(fourth);
    void *kept = mshim_python_objects_realloc(OBJECT, first, 0);
    cr_expect_eq(kept, first);
    mshim_python_objects_free(OBJECT, NULL);
    cr_expect_eq(asked_malloc + asked_calloc + asked_free, 0);
}

Test(python_objects, realloc_keeps_the_place_within_a_class_and_for_little_shrinking) {
    start_objects();
    char *block = mshim_python_objects_realloc(MEM, NULL, 100);
    cr_expect_eq(mshim_python_objects_realloc(MEM, block, 112), block);
    cr_expect_eq(mshim_python_objects_realloc(MEM, block, 97), block);
    cr_expect_eq(mshim_python_objects_realloc(MEM, block, 85), block, "more than three quarters of 112");
    memset(block, 'x', 85);
    char *moved = mshim_python_objects_realloc(MEM, block, 84);
    cr_expect_neq(moved, block);
    cr_expect_eq(moved[83], 'x');
}

Test(python_objects, realloc_crosses_to_the_allocator_and_back) {
    start_objects();
    char *block = mshim_python_objects_malloc(OBJECT, 512);
    memset(block, 'a', 512);
    block = mshim_python_objects_realloc(OBJECT, block, 513);
    cr_expect_not(mshim_python_is_small(block));
    cr_expect_eq(asked_malloc, 1);
    cr_expect_eq(read_counters().sizes[mshim_size_class(513)].calls, 1);
    cr_expect_eq(block[511], 'a');
    block = mshim_python_objects_realloc(OBJECT, block, 100000);
    cr_expect_eq(asked_realloc, 1);
    cr_expect_eq(block[511], 'a');
    block = mshim_python_objects_realloc(OBJECT, block, 200);
    cr_expect(mshim_python_is_small(block));
    cr_expect_eq(asked_free, 1);
    cr_expect_eq(block[199], 'a');
    const struct mshim_counters counters = read_counters();
    cr_expect_eq(counters.python_object.allocations, 4);
    cr_expect_eq(counters.python_object.frees, 3);
    cr_expect_eq(counters.python_object.live_bytes, 208);
    cr_expect_eq(counters.python_mem.allocations, 0);
}

Test(python_objects, blocks_of_others_go_to_the_allocator) {
    start_objects();
    void *before = malloc(40), *other = malloc(40);
    mshim_python_objects_free(OBJECT, before);
    cr_expect_eq(asked_free, 1);
    char *moved = mshim_python_objects_realloc(OBJECT, other, 1000);
    cr_expect_eq(asked_realloc, 1);
    mshim_python_objects_free(OBJECT, moved);
    cr_expect_eq(asked_free, 2);
}

Test(python_objects, what_cannot_be_is_null_and_counted) {
    start_objects();
    cr_expect_null(mshim_python_objects_malloc(OBJECT, SIZE_MAX));
    cr_expect_null(mshim_python_objects_malloc(OBJECT, (size_t)PTRDIFF_MAX + 1));
    cr_expect_null(mshim_python_objects_calloc(OBJECT, SIZE_MAX / 2, 3));
    char *block = mshim_python_objects_malloc(OBJECT, 10);
    block[9] = 'q';
    cr_expect_null(mshim_python_objects_realloc(OBJECT, block, SIZE_MAX));
    cr_expect_eq(block[9], 'q');
    const struct mshim_counters counters = read_counters();
    cr_expect_eq(counters.python_object.failures, 4);
    cr_expect_eq(counters.python_object.live_blocks, 1);
}

Test(python_objects, allocator_mode_counts_all) {
    start_objects();
    char *block = mshim_python_large_malloc(MEM, 0);
    block = mshim_python_large_realloc(MEM, block, 20);
    void *other = mshim_python_large_calloc(OBJECT, 3, 5);
    mshim_python_large_free(MEM, block);
    mshim_python_large_free(OBJECT, NULL);
    const struct mshim_counters counters = read_counters();
    cr_expect_eq(counters.python_mem.live_blocks, 0);
    cr_expect_eq(counters.python_mem.live_bytes, 0);
    cr_expect_eq(counters.python_object.allocations, 1);
    cr_expect_eq(counters.python_object.live_bytes, malloc_usable_size(other));
    mshim_python_large_free(OBJECT, other);
}

Test(python_objects, a_forked_child_counts_from_zero) {
    start_objects();
    void *blocks[100];
    for (int i = 0; i < 100; i++)
        blocks[i] = mshim_python_objects_malloc(OBJECT, 48);
    void *large = mshim_python_objects_malloc(OBJECT, 5000);
    mshim_stats.python_active = 1;
    mshim_python_fork_prepare();
    mshim_counters_fork_before(true);
    pid_t child = fork();
    if (child == 0) {
        mshim_counters_fork_child(true);
        mshim_python_fork_child();
        for (int i = 0; i < 10; i++)
            mshim_python_objects_free(OBJECT, blocks[i]);
        const struct mshim_counters counters = read_counters();
        const struct mshim_python_counters *object = &counters.python_object;
        bool good = object->allocations == 0 && object->frees == 10 && object->live_blocks == 91 &&
                    counters.memory_inherited_live_blocks == 101 && object->freed_bytes == 480 &&
                    object->live_bytes == 90 * 48 + malloc_usable_size(large);
        _exit(good ? 0 : 1);
    }
    mshim_counters_fork_parent();
    mshim_python_fork_parent();
    int status;
    waitpid(child, &status, 0);
    cr_expect_eq(status, 0);
    mshim_python_objects_free(OBJECT, large);
}

Test(python_objects, dev_mode_is_read_as_python_reads_it) {
#define ASKS(words) mshim_python_command_line_asks_dev_mode(words, sizeof(words))
    cr_expect(ASKS("python3\0-X\0dev\0-c\0pass"));
    cr_expect(ASKS("python3\0-Xdev\0x.py"));
    cr_expect(ASKS("python3\0-IX\0dev"));
    cr_expect(ASKS("python3\0-W\0error\0-sXdev"));
    cr_expect(ASKS("python3\0--check-hash-based-pycs\0always\0-Xdev"));
    cr_expect_not(ASKS("python3"));
    cr_expect_not(ASKS("python3\0-X"));
    cr_expect_not(ASKS("python3\0-X\0utf8\0x.py\0-X\0dev"));
    cr_expect_not(ASKS("python3\0-c\0-Xdev"));
    cr_expect_not(ASKS("python3\0-Ic\0-Xdev"));
    cr_expect_not(ASKS("python3\0-m\0x\0-Xdev"));
    cr_expect_not(ASKS("python3\0-WXdev"));
    cr_expect_not(ASKS("python3\0-\0-Xdev"));
    cr_expect_not(mshim_python_command_line_asks_dev_mode("", 0));
#undef ASKS
}

Test(python_objects, versions_are_known_or_left_alone) {
    static const struct {
        const char *text;
        enum mshim_python_reason reason;
    } versions[] = {
        {"3.9.2 (default, Feb 28 2021, 17:03:44) \n[GCC 10.2.1 20210110]", MSHIM_PYTHON_HOOKED},
        {"3.11.2 (main, Apr 28 2025, 14:11:48) [GCC 12.2.0]", MSHIM_PYTHON_HOOKED},
        {"3.13.5 (main, Jun 25 2025, 18:55:22) [GCC 14.2.0]", MSHIM_PYTHON_HOOKED},
        {"3.14.8 (main, Oct  1 2026, 19:55:55) [GCC 16.2.0]", MSHIM_PYTHON_HOOKED},
        {"3.15.0 (main, Oct  8 2026, 10:00:00) [GCC 16.2.0]", MSHIM_PYTHON_HOOKED},
        {"3.14.8 free-threading build (main, Oct  1 2026, 19:55:55) [GCC 16.2.0]",
         MSHIM_PYTHON_FREE_THREADED},
        {"3.15.0 free-threading build (main, Oct  8 2026, 10:00:00) [GCC 16.2.0]",
         MSHIM_PYTHON_FREE_THREADED},
        {"3.16.0a1 (main, Nov  1 2026) [GCC 16.2.0]", MSHIM_PYTHON_UNKNOWN_VERSION},
        {"3.13.5 experimental free-threading build (main, Jun 25 2025) [GCC 14.2.0]",
         MSHIM_PYTHON_FREE_THREADED},
        {"3.8.20 (default, Sep 9 2024) [GCC 12.2.0]", MSHIM_PYTHON_UNKNOWN_VERSION},
        {"3.99.0 (main, Jan 1 2099) [GCC 99.1.0]", MSHIM_PYTHON_UNKNOWN_VERSION},
        {"3.99.0 free-threading build (main, Jan 1 2099) [GCC 99.1.0]", MSHIM_PYTHON_UNKNOWN_VERSION},
        {"2.7.18 (default, Apr 20 2020) [GCC 9.3.0]", MSHIM_PYTHON_UNKNOWN_VERSION},
        {"3.", MSHIM_PYTHON_UNKNOWN_VERSION},
        {"", MSHIM_PYTHON_UNKNOWN_VERSION},
        {NULL, MSHIM_PYTHON_UNKNOWN_VERSION},
    };
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        cr_expect_eq(mshim_python_version_reason(versions[i].text), versions[i].reason, "%s",
                     versions[i].text ? versions[i].text : "no version");
}

Test(python_objects, every_reason_has_a_word) {
    for (unsigned reason = 0; reason < MSHIM_PYTHON_REASONS; reason++)
        cr_expect_not_null(mshim_python_reason_word((enum mshim_python_reason)reason), "%u", reason);
    cr_expect_str_eq(mshim_python_reason_word(MSHIM_PYTHON_FREE_THREADED), "free-threaded");
    cr_expect_str_eq(mshim_python_mode_word(MSHIM_PYTHON_ALLOCATOR), "allocator");
}
