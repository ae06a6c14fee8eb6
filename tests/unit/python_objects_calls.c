// SPDX-License-Identifier: MIT
/* What each call means, as pymalloc has it, and where it goes. */
#include "python_objects.h"

#include "library/python/command_line.h"
#include "library/python/large.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

Test(python_objects, size_zero_is_a_block) {
    start_objects();
    void *first = objects_malloc(OBJECT, 0), *second = objects_malloc(OBJECT, 0);
    cr_expect_not_null(first);
    cr_expect_neq(first, second);
    void *third = objects_calloc(MEM, 0, 8), *fourth = objects_calloc(MEM, 8, 0);
    cr_expect_not_null(third);
    cr_expect_not_null(fourth);
    void *kept = objects_realloc(OBJECT, first, 0);
    cr_expect_eq(kept, first);
    objects_free(OBJECT, NULL);
    cr_expect_eq(asked_malloc + asked_calloc + asked_free, 0);
}

Test(python_objects, realloc_keeps_the_place_within_a_class_and_for_little_shrinking) {
    start_objects();
    char *block = objects_realloc(MEM, NULL, 100);
    cr_expect_eq(objects_realloc(MEM, block, 112), block);
    cr_expect_eq(objects_realloc(MEM, block, 97), block);
    cr_expect_eq(objects_realloc(MEM, block, 85), block, "more than three quarters of 112");
    memset(block, 'x', 85);
    char *moved = objects_realloc(MEM, block, 84);
    cr_expect_neq(moved, block);
    cr_expect_eq(moved[83], 'x');
}

Test(python_objects, realloc_crosses_to_the_allocator_and_back) {
    start_objects();
    char *block = objects_malloc(OBJECT, 512);
    memset(block, 'a', 512);
    block = objects_realloc(OBJECT, block, 513);
    cr_expect_not(is_small(block));
    cr_expect_eq(asked_malloc, 1);
    cr_expect_eq(read_counters().sizes[mshim_size_class(513)].calls, 1);
    cr_expect_eq(block[511], 'a');
    block = objects_realloc(OBJECT, block, 100000);
    cr_expect_eq(asked_realloc, 1);
    cr_expect_eq(block[511], 'a');
    block = objects_realloc(OBJECT, block, 200);
    cr_expect(is_small(block));
    cr_expect_eq(asked_free, 1);
    cr_expect_eq(block[199], 'a');
    const struct mshim_counters counters = read_counters();
    cr_expect_eq(counters.python_object.allocations, 4);
    cr_expect_eq(counters.python_object.frees, 3);
    cr_expect_eq(counters.python_object.live_bytes, 208);
    cr_expect_eq(counters.python_mem.allocations, 0);
}

Test(python_objects, foreign_blocks_go_to_the_allocator) {
    start_objects();
    void *before = malloc(40), *other = malloc(40);
    objects_free(OBJECT, before);
    cr_expect_eq(asked_free, 1);
    char *moved = objects_realloc(OBJECT, other, 1000);
    cr_expect_eq(asked_realloc, 1);
    objects_free(OBJECT, moved);
    cr_expect_eq(asked_free, 2);
}

Test(python_objects, what_cannot_be_is_null_and_counted) {
    start_objects();
    cr_expect_null(objects_malloc(OBJECT, SIZE_MAX));
    cr_expect_null(objects_malloc(OBJECT, (size_t)PTRDIFF_MAX + 1));
    cr_expect_null(objects_calloc(OBJECT, SIZE_MAX / 2, 3));
    char *block = objects_malloc(OBJECT, 10);
    block[9] = 'q';
    cr_expect_null(objects_realloc(OBJECT, block, SIZE_MAX));
    cr_expect_eq(block[9], 'q');
    const struct mshim_counters counters = read_counters();
    cr_expect_eq(counters.python_object.failures, 4);
    cr_expect_eq(counters.python_object.live_blocks, 1);
}

Test(python_objects, allocator_mode_counts_all) {
    start_objects();
    char *block = large_malloc(MEM, 0);
    block = large_realloc(MEM, block, 20);
    void *other = large_calloc(OBJECT, 3, 5);
    large_free(MEM, block);
    large_free(OBJECT, NULL);
    const struct mshim_counters counters = read_counters();
    cr_expect_eq(counters.python_mem.live_blocks, 0);
    cr_expect_eq(counters.python_mem.live_bytes, 0);
    cr_expect_eq(counters.python_object.allocations, 1);
    cr_expect_eq(counters.python_object.live_bytes, malloc_usable_size(other));
    large_free(OBJECT, other);
}

Test(python_objects, a_forked_child_counts_from_zero) {
    start_objects();
    void *blocks[100];
    for (int i = 0; i < 100; i++)
        blocks[i] = objects_malloc(OBJECT, 48);
    void *large = objects_malloc(OBJECT, 5000);
    mshim_stats.python_active = 1;
    mshim_python_fork_prepare();
    mshim_counters_fork_before(true);
    pid_t child = fork();
    if (child == 0) {
        mshim_counters_fork_child(true);
        mshim_python_fork_child();
        for (int i = 0; i < 10; i++)
            objects_free(OBJECT, blocks[i]);
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
    objects_free(OBJECT, large);
}

Test(python_objects, dev_mode_is_read_as_python_reads_it) {
#define ASKS(words) command_line_asks_dev_mode(words, sizeof(words))
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
    cr_expect_not(command_line_asks_dev_mode("", 0));
#undef ASKS
}
