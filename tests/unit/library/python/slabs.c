/* SPDX-License-Identifier: MIT */
/* Memory: what is kept is bounded, goes back, and is counted. */
#include "objects.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { BLOCKS = 1000000, RETAINED_LIMIT = 16 << 20 };

static void *blocks[BLOCKS];

static size_t resident_bytes(void) {
    unsigned long size, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (fscanf(file, "%lu %lu", &size, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident * 4096;
}

static void allocate_all(size_t size) {
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = mshim_python_objects_malloc(OBJECT, size);
        *(char *)blocks[i] = 1;
    }
}

static void free_all(void) {
    for (int i = 0; i < BLOCKS; i++)
        mshim_python_objects_free(OBJECT, blocks[i]);
}

Test(python_objects, empty_slabs_go_back) {
    start_objects();
    memset(blocks, 1, sizeof blocks);
    size_t before = resident_bytes();
    allocate_all(64);
    struct memory memory = read_memory();
    cr_expect_geq(memory.slab_bytes, 64000000u);
    /* The first block of a slab does not begin at its start, which costs one of 512. */
    const size_t slabs = BLOCKS / (MSHIM_PYTHON_SLAB_BYTES / 64 - 1);
    cr_expect_leq(memory.slab_bytes, (slabs + 2) * MSHIM_PYTHON_SLAB_BYTES);
    cr_expect_geq(resident_bytes(), before + 64000000u);
    cr_expect_geq(mshim_stats.peak_live_bytes, 64000000 - MSHIM_BAND_BYTES);
    cr_expect_leq(mshim_stats.peak_live_bytes, 64000000 + 2 * MSHIM_PYTHON_SLAB_BYTES + MSHIM_BAND_BYTES);
    free_all();
    memory = read_memory();
    cr_expect_leq(memory.retained_bytes, (size_t)RETAINED_LIMIT + 2 * MSHIM_PYTHON_SLAB_BYTES);
    cr_expect_leq(resident_bytes(), before + RETAINED_LIMIT + (1 << 20));
    cr_expect_leq(memory.slab_bytes, MSHIM_PYTHON_SLAB_BYTES);
    cr_expect_geq(memory.peak_slab_bytes, 64000000u);
}

Test(python_objects, the_limit_can_be_set) {
    start_objects();
    mshim_python_set_retained_limit(1 << 20);
    allocate_all(64);
    free_all();
    struct memory memory = read_memory();
    cr_expect_leq(memory.retained_bytes, (1 << 20) + 2 * MSHIM_PYTHON_SLAB_BYTES);
}

Test(python_objects, trim_gives_all_back) {
    start_objects();
    allocate_all(32);
    free_all();
    mshim_python_request_trim();
    mshim_python_objects_free(OBJECT, mshim_python_objects_malloc(OBJECT, 1));
    struct memory memory = read_memory();
    cr_expect_leq(memory.retained_bytes, MSHIM_PYTHON_SLAB_BYTES, "%zu", memory.retained_bytes);
    allocate_all(32);
    free_all();
}

Test(python_objects, what_is_idle_goes_back_in_time) {
    start_objects();
    allocate_all(64);
    free_all();
    struct memory memory = read_memory();
    cr_expect_geq(memory.retained_bytes, 8 << 20);
    /* A little work now and then, that needs a slab or two. */
    for (int turn = 0; turn < 12; turn++) {
        struct timespec pause = {0, 100000000};
        nanosleep(&pause, NULL);
        void *few[200];
        for (int i = 0; i < 200; i++)
            few[i] = mshim_python_objects_malloc(MEM, 512);
        for (int i = 0; i < 200; i++)
            mshim_python_objects_free(MEM, few[i]);
    }
    memory = read_memory();
    cr_expect_leq(memory.retained_bytes, 1 << 20);
}

Test(python_objects, free_keeps_errno) {
    start_objects();
    mshim_python_set_retained_limit(0);
    allocate_all(64);
    for (int i = 0; i < BLOCKS; i++) {
        errno = 4711;
        mshim_python_objects_free(OBJECT, blocks[i]);
        cr_assert_eq(errno, 4711);
    }
}

/* Full slabs come first again: scattered free room is used before a new slab is taken. */
Test(python_objects, free_room_is_used_before_new_slabs) {
    start_objects();
    allocate_all(64);
    struct memory before, after;
    before = read_memory();
    for (int i = 0; i < BLOCKS; i += 2)
        mshim_python_objects_free(OBJECT, blocks[i]);
    for (int i = 0; i < BLOCKS; i += 2)
        blocks[i] = mshim_python_objects_malloc(OBJECT, 64);
    after = read_memory();
    cr_expect_eq(after.slab_bytes, before.slab_bytes);
    free_all();
}

/* Where no more address space is given, the selected allocator serves. */
Test(python_objects, goes_on_without_slabs) {
#ifdef __SANITIZE_ADDRESS__
    cr_skip_test("AddressSanitizer needs address space of its own");
#endif
    start_objects();
    struct rlimit limit;
    getrlimit(RLIMIT_AS, &limit);
    unsigned long size;
    FILE *file = fopen("/proc/self/statm", "r");
    cr_assert_eq(fscanf(file, "%lu", &size), 1);
    fclose(file);
    void *reserve = malloc(100000);
    free(reserve);
    limit.rlim_cur = size * 4096 + (8 << 20);
    cr_assert_eq(setrlimit(RLIMIT_AS, &limit), 0);
    int count = 0;
    while (count < BLOCKS && (blocks[count] = mshim_python_objects_malloc(OBJECT, 256)) != NULL &&
           mshim_python_is_small(blocks[count]))
        count++;
    cr_expect_lt(count, BLOCKS);
    for (int i = 0; i < count; i++)
        mshim_python_objects_free(OBJECT, blocks[i]);
}
