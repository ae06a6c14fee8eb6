/* SPDX-License-Identifier: MIT */
/* memcpy, memmove and memset: every variant, every size, alignment and overlap, up to the guard pages on both
 * sides. */
#include "functions.h"

#include <criterion/criterion.h>

#include <string.h>

static struct area source, target, expected;

static size_t at_most(size_t n, size_t most) {
    return n < most ? n : most;
}

/* The target and what lies around it, before and after, against the same in `expected`. */
static void expect_target(const unsigned char *to, size_t n) {
    size_t before = at_most((size_t)(to - target.start), MARGIN),
           after = at_most((size_t)(target.end - to) - n, MARGIN);
    size_t at = (size_t)(to - target.start) - before;
    expect(memcmp(target.start + at, expected.start + at, before + n + after) == 0);
}

static void map_areas(void) {
    source = map_area(), target = map_area(), expected = map_area();
    fill_random(source);
    fill_random(target);
    naive_memmove(expected.start, target.start, AREA);
}

static void test_memcpy(const struct mshim_memfuncs_variant *variant) {
    size_t n;
    struct placement at;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++)
        for (size_t number = 0; place(number, target, source, n, &at); number++) {
            about_to_call(variant->name, "memcpy", at.a, at.b, n);
            if (n)
                at.b[random_below((uint32_t)n)] ^= 0x55;
            expect(variant->memcpy(at.a, at.b, n) == at.a);
            naive_memmove(expected.start + (at.a - target.start), at.b, n);
            expect_target(at.a, n);
        }
}

Test(memory_copy, memcpy_any_size_and_alignment) {
    map_areas();
    for_each_variant(test_memcpy);
}

static void test_memset(const struct mshim_memfuncs_variant *variant) {
    size_t n;
    struct placement at;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++)
        for (size_t number = 0; number < 2 * ALIGNMENTS; number++) {
            size_t alignment = number % ALIGNMENTS;
            at.a = number < ALIGNMENTS ? target.start + alignment : target.end - alignment - n;
            int byte =
                (int)random_below(256) | (int)(random_below(2) << 8); /* only its low eight bits count */
            about_to_call(variant->name, "memset", at.a, NULL, n);
            expect(variant->memset(at.a, byte, n) == at.a);
            for (size_t k = 0; k < n; k++)
                expected.start[at.a - target.start + k] = (unsigned char)byte;
            expect_target(at.a, n);
        }
}

Test(memory_copy, memset_any_size_and_alignment) {
    map_areas();
    for_each_variant(test_memset);
}

static void move_once(const struct mshim_memfuncs_variant *variant, unsigned char *to, unsigned char *from,
                      size_t n) {
    about_to_call(variant->name, "memmove", to, from, n);
    expect(variant->memmove(to, from, n) == to);
    naive_memmove(expected.start + (to - target.start), expected.start + (from - target.start), n);
    unsigned char *low = to < from ? to : from, *high = to < from ? from : to;
    expect_target(low, (size_t)(high - low) + n);
}

/* From every distance at which the operands overlap or just do not, beginning or ending at a guard page. */
static void test_memmove(const struct mshim_memfuncs_variant *variant) {
    size_t n;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++) {
        fill_random((struct area){target.start, target.start + 256});
        fill_random((struct area){target.end - 256, target.end});
        naive_memmove(expected.start, target.start, AREA);
        size_t furthest = at_most(n + 2, AREA / 2 - n), step = full_run() || n <= 300 ? 1 : 1 + n / 24;
        for (size_t distance = random_below((uint32_t)step); distance <= furthest; distance += step) {
            size_t shift = random_below(ALIGNMENTS);
            unsigned char *low = target.start + (distance % 2 ? shift : 0),
                          *high = target.end - n - (distance % 2 ? shift : 0);
            move_once(variant, low, low + distance, n);
            move_once(variant, low + distance, low, n);
            move_once(variant, high - distance, high, n);
            move_once(variant, high, high - distance, n);
        }
    }
}

Test(memory_copy, memmove_any_overlap) {
    map_areas();
    for_each_variant(test_memmove);
}
