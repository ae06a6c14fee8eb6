/* SPDX-License-Identifier: MIT */
/* What the tests of the memory functions share: the variants under test, operands between guard pages, a
 * naive reference. */
#ifndef MSHIM_TESTS_MEMORY_FUNCTIONS_H
#define MSHIM_TESTS_MEMORY_FUNCTIONS_H

#include "library/libc/string/dispatch.h"

#include <stdint.h>
#include <wchar.h>

/* Bytes for an operand between two pages that cannot be touched. */
enum { AREA = 16 * 4096, ALIGNMENTS = 64, MARGIN = 64 };

struct area {
    unsigned char *start, *end;
};

struct area map_area(void);
void fill_random(struct area area);

/* MSHIM_TEST_FULL=1: the whole product of sizes and alignments. */
bool full_run(void);

uint32_t random_below(uint32_t limit);

/* Calls the test with each variant that the CPU has, then with the exported functions under each of them. */
typedef void variant_test(const struct mshim_memfuncs_variant *variant);
void for_each_variant(variant_test *test);

/* What is being called: printed when a guard page is touched or a check fails. */
void about_to_call(const char *variant, const char *function, const void *a, const void *b, size_t n);
void expect(bool right);

/* The sizes under test, in order: 0 to 1,024, then around every threshold. A size past the last one is
 * SIZE_MAX. */
size_t size_number(size_t i);

/*
 * Where two operands of n bytes lie, by number: at each alignment of the first, counted from the guard page
 * below (so that 0 begins at it) or from the guard page above (so that 0 ends at it); the second the same, in
 * the full run at each alignment, else at the guard page and at two others. False past the last one.
 */
struct placement {
    unsigned char *a, *b;
};
bool place(size_t number, struct area first, struct area second, size_t n, struct placement *placement);

void *naive_memmove(void *to, const void *from, size_t n);

#endif
