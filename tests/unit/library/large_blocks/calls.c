/* SPDX-License-Identifier: MIT */
/* Large blocks by themselves: what is recognized, what moves, what is kept for reuse. */
#include "library/counters/records.h"
#include "library/counters/regions.h"
#include "library/large_blocks/cache.h"
#include "library/large_blocks/large_blocks.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <mshim.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KIB = 1 << 10, MIB = 1 << 20, PAGE = 4096, MIN = MSHIM_LARGE_BLOCK_BYTES };

static void start(void) {
    mshim_large_start();
}

TestSuite(large_blocks, .init = start);

/* Every page bears its number. */
static void number(char *block, size_t from, size_t to) {
    for (size_t at = from; at < to; at += PAGE)
        *(size_t *)(void *)(block + at) = at;
}

static void expect_numbered(const char *block, size_t to) {
    for (size_t at = 0; at < to; at += PAGE)
        if (*(const size_t *)(const void *)(block + at) != at)
            cr_assert_fail("page %zu of %zu", at / PAGE, to / PAGE);
}

static bool is_zero(const char *block, size_t size) {
    return block[0] == 0 && memcmp(block, block + 1, size - 1) == 0;
}

static uint64_t kernel_calls(void) {
    return mshim_stats.kernel.mmap_calls + mshim_stats.kernel.munmap_calls + mshim_stats.kernel.madvise_calls;
}

Test(large_blocks, blocks_are_recognized_and_aligned) {
    char *block = mshim_large_malloc(3 * MIB), *other = mshim_large_malloc(MIN);
    cr_assert(block && other);
    cr_expect_eq((uintptr_t)block % MSHIM_LARGE_BLOCK_ALIGNMENT, 0);
    cr_expect(mshim_large_is_mine(block) && mshim_large_is_mine(other));
    cr_expect_geq(mshim_large_usable_bytes(block), 3 * MIB);
    cr_expect_lt(mshim_large_usable_bytes(block), 3 * MIB + 2 * PAGE);
    memset(block, 1, mshim_large_usable_bytes(block));
    mshim_large_free(block);
    mshim_large_free(other);
}

Test(large_blocks, nothing_else_is_recognized) {
    static _Alignas(PAGE) char pages[4 * PAGE];
    cr_expect_not(mshim_large_is_mine(NULL));
    char *block = mshim_large_malloc(MIN);
    memcpy(pages, block - MSHIM_LARGE_BLOCK_ALIGNMENT, PAGE); /* the mark is of another address */
    for (size_t at = 8; at < sizeof pages; at += 8)
        cr_expect_not(mshim_large_is_mine(pages + at));
    mshim_large_free(block);
    cr_expect_not(mshim_large_is_mine(block), "a block that was freed and is kept");
    mshim_large_trim();
}

Test(large_blocks, contents_stay_while_a_block_grows_and_shrinks) {
    size_t size = MIN, numbered = MIN;
    char *block = mshim_large_malloc(size);
    number(block, 0, size);
    srand(3);
    for (int round = 0; round < 300; round++) {
        const size_t next = MIN + (size_t)rand() % (40 * MIB);
        char *resized = mshim_large_realloc(block, next);
        cr_assert(resized && mshim_large_is_mine(resized));
        block = resized;
        cr_assert_geq(mshim_large_usable_bytes(block), next);
        expect_numbered(block, numbered < next ? numbered & ~(size_t)(PAGE - 1) : next & ~(size_t)(PAGE - 1));
        number(block, 0, next & ~(size_t)(PAGE - 1));
        numbered = next & ~(size_t)(PAGE - 1);
    }
    mshim_large_free(block);
}

Test(large_blocks, growth_by_small_steps_seldom_calls_the_kernel) {
    const uint64_t before = kernel_calls();
    char *block = mshim_large_malloc(MIB);
    for (size_t size = MIB; size < 100 * MIB; size += KIB)
        cr_assert(block = mshim_large_realloc(block, size));
    cr_expect_lt(kernel_calls() - before, 150);
    mshim_large_free(block);
}

Test(large_blocks, what_is_large_enough_and_hardly_too_large_is_left_alone) {
    char *block = mshim_large_malloc(8 * MIB);
    const size_t usable = mshim_large_usable_bytes(block);
    const uint64_t before = kernel_calls();
    cr_expect_eq(mshim_large_realloc(block, usable - usable / 8), block);
    cr_expect_eq(mshim_large_usable_bytes(block), usable);
    cr_expect_eq(kernel_calls(), before);
    cr_expect_eq(mshim_large_realloc(block, 4 * MIB), block, "a block shrinks in place");
    cr_expect_lt(mshim_large_usable_bytes(block), 5 * MIB);
    mshim_large_free(block);
}

Test(large_blocks, calloc_gives_zeros_of_memory_that_was_used) {
    for (size_t size = MIN; size <= 48 * MIB; size = size * 2 + 12345) {
        char *dirty = mshim_large_malloc(size);
        memset(dirty, 0xff, mshim_large_usable_bytes(dirty));
        mshim_large_free(dirty);
        char *block = mshim_large_calloc(size);
        cr_assert(block && is_zero(block, mshim_large_usable_bytes(block)), "%zu", size);
        mshim_large_free(block);
    }
}

Test(large_blocks, a_freed_block_is_used_again_without_the_kernel) {
    mshim_large_free(mshim_large_malloc(5 * MIB));
    const uint64_t before = kernel_calls();
    for (int i = 0; i < 100; i++)
        mshim_large_free(mshim_large_malloc(5 * MIB));
    cr_expect_eq(kernel_calls(), before);
}

Test(large_blocks, what_is_kept_is_bounded_and_given_back) {
    enum { BLOCKS = 100 };
    void *blocks[BLOCKS];
    for (int i = 0; i < BLOCKS; i++)
        blocks[i] = mshim_large_malloc((size_t)(1 + i % 7) * MIB);
    for (int i = 0; i < BLOCKS; i++) {
        mshim_large_free(blocks[i]);
        cr_assert_leq(mshim_large_retained_bytes(), 64 * MIB);
    }
    cr_expect_gt(mshim_large_retained_bytes(), 30 * MIB);
    cr_expect(mshim_large_trim());
    cr_expect_eq(mshim_large_retained_bytes(), 0);
    cr_expect_not(mshim_large_trim());
}

Test(large_blocks, what_is_kept_goes_when_its_time_has_come) {
    mshim_large_free(mshim_large_malloc(9 * MIB));
    cr_expect_gt(mshim_large_retained_bytes(), 8 * MIB);
    usleep(1200000);
    mshim_large_free(mshim_large_malloc(MIN));
    cr_expect_lt(mshim_large_retained_bytes(), 2 * MIB);
}

Test(large_blocks, a_lower_limit_holds) {
    mshim_large_set_retained_limit(2 * MIB);
    mshim_large_free(mshim_large_malloc(3 * MIB));
    cr_expect_eq(mshim_large_retained_bytes(), 0);
    mshim_large_free(mshim_large_malloc(MIB));
    cr_expect_gt(mshim_large_retained_bytes(), 0);
}

Test(large_blocks, impossible_sizes_are_refused_and_errno_is_kept) {
    char *block = mshim_large_malloc(MIN);
    number(block, 0, MIN);
    errno = 77;
    static const size_t sizes[] = {SIZE_MAX,     SIZE_MAX - 63,       SIZE_MAX - 64,
                                   SIZE_MAX / 2, SIZE_MAX / 2 - 4096, (size_t)1 << 50};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cr_expect_null(mshim_large_malloc(sizes[i]));
        cr_expect_null(mshim_large_calloc(sizes[i]));
        cr_expect_null(mshim_large_realloc(block, sizes[i]));
    }
    cr_expect(mshim_large_is_mine(block));
    expect_numbered(block, MIN);
    cr_expect_eq(errno, 77);
    mshim_large_free(block);
    cr_expect_eq(errno, 77);
}

Test(large_blocks, there_are_not_too_many_mappings) {
    enum { TRIED = 20000 };
    static void *blocks[TRIED];
    size_t had = 0;
    while (had < TRIED && (blocks[had] = mshim_large_malloc(MIN)))
        had++;
    cr_expect_eq(had, 16384);
    for (size_t i = 0; i < had; i++)
        mshim_large_free(blocks[i]);
    void *again = mshim_large_malloc(MIN);
    cr_expect(again);
    mshim_large_free(again);
}

static int rounds = 600;

static void *churn(void *given) {
    unsigned random = (unsigned)(uintptr_t)given;
    for (int i = 0; i < rounds; i++) {
        const size_t size = MIN + (size_t)rand_r(&random) % (2 * MIB);
        char *block = i % 3 ? mshim_large_malloc(size) : mshim_large_calloc(size);
        number(block, 0, size - PAGE);
        const size_t grown = size + (size_t)rand_r(&random) % MIB;
        block = mshim_large_realloc(block, grown);
        expect_numbered(block, size - PAGE);
        mshim_large_free(block);
    }
    return NULL;
}

Test(large_blocks, threads_share_what_is_kept) {
    pthread_t threads[4];
    for (uintptr_t i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, churn, (void *)(i + 1));
    for (int i = 0; i < 20; i++) {
        mshim_large_fork_before();
        const pid_t child = fork();
        mshim_large_fork_after();
        if (child == 0) {
            mshim_regions_fork_child(); /* a thread of the parent may have held its lock */
            rounds = 50;
            churn((void *)7);
            _exit(3);
        }
        int status;
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3);
        mshim_large_trim();
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}
