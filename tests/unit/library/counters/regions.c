/* SPDX-License-Identifier: MIT */
/* What is remembered of the allocators' mappings, seen through what of it is resident. */
#include "library/counters/regions.h"

#include <criterion/criterion.h>
#include <mshim.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096, PAGES = 300 };

static char *map(size_t pages) {
    char *mapped = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(mapped, MAP_FAILED);
    madvise(mapped, pages * PAGE, MADV_NOHUGEPAGE);
    return mapped;
}

Test(counters_regions, what_is_not_touched_is_not_resident) {
    char *mapped = map(PAGES);
    mshim_regions_add(mapped, PAGES * PAGE);
    for (int i = 0; i < PAGES; i += 3)
        mapped[i * PAGE] = 1;
    cr_expect_eq(mshim_regions_resident_bytes(), PAGES / 3 * PAGE);
    madvise(mapped, PAGES * PAGE / 2, MADV_DONTNEED);
    cr_expect_eq(mshim_regions_resident_bytes(), PAGES / 6 * PAGE);
}

/* Parts are added and removed at random, also twice and over each other, against one flag a page. */
Test(counters_regions, parts_come_and_go) {
    static bool remembered[PAGES];
    char *mapped = map(PAGES);
    for (int i = 0; i < PAGES; i++)
        mapped[i * PAGE] = 1;
    srand(7);
    for (int round = 0; round < 20000; round++) {
        const int from = rand() % PAGES, most = PAGES - from < 20 ? PAGES - from : 20;
        const int pages = 1 + rand() % most;
        const bool add = rand() % 2;
        /* The kernel takes sizes up to whole pages. */
        (add ? mshim_regions_add : mshim_regions_remove)(mapped + from * PAGE,
                                                         (size_t)pages * PAGE - (size_t)(rand() % PAGE));
        uint64_t expected = 0;
        for (int i = 0; i < PAGES; i++) {
            if (i >= from && i < from + pages)
                remembered[i] = add;
            expected += remembered[i] ? PAGE : 0;
        }
        cr_assert_eq(mshim_regions_resident_bytes(), expected ? expected : MSHIM_ABSENT, "round %d", round);
    }
}

Test(counters_regions, more_than_can_be_remembered_is_not_known) {
    char *mapped = map(10000);
    for (int i = 0; i < 10000; i += 2) {
        mapped[i * PAGE] = 1;
        mshim_regions_add(mapped + i * PAGE, PAGE);
    }
    cr_expect_eq(mshim_regions_resident_bytes(), MSHIM_ABSENT);
}

Test(counters_regions, what_was_unmapped_meanwhile_is_passed_over) {
    char *first = map(30), *second = first + 20 * PAGE; /* apart from each other */
    first[0] = second[0] = 1;
    mshim_regions_add(first, 10 * PAGE);
    mshim_regions_add(second, 10 * PAGE);
    munmap(first, 10 * PAGE);
    cr_expect_eq(mshim_regions_resident_bytes(), PAGE);
}
