/* SPDX-License-Identifier: MIT */
/* memcmp, bcmp, strcmp and strncmp: every variant, every size and alignment, up to the guard pages on both
 * sides. */
#include "functions.h"

#include <criterion/criterion.h>

enum { FILLER = 0x71 };

static struct area first, second;

static void map_filled(void) {
    first = map_area(), second = map_area();
    for (size_t i = 0; i < AREA; i++)
        first.start[i] = second.start[i] = FILLER;
}

static int sign(int value) {
    return (value > 0) - (value < 0);
}

/* Just outside the operands, where it must not be seen. */
static void plant(struct area area, unsigned char *at, unsigned char value) {
    if (at >= area.start && at < area.end)
        *at = value;
}

static void plant_around(struct placement at, size_t n, unsigned char a, unsigned char b) {
    plant(first, at.a - 1, a), plant(first, at.a + n, a);
    plant(second, at.b - 1, b), plant(second, at.b + n, b);
}

static size_t position_in(size_t kind, size_t n) {
    switch (kind) {
    case 0:
        return 0;
    case 1:
        return n - 1;
    default:
        return random_below((uint32_t)n);
    }
}

static void test_memcmp(const struct mshim_memfuncs_variant *variant) {
    size_t n;
    struct placement at;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++)
        for (size_t number = 0; place(number, first, second, n, &at); number++) {
            plant_around(at, n, 1, 2);
            about_to_call(variant->name, "memcmp", at.a, at.b, n);
            expect(variant->memcmp(at.a, at.b, n) == 0);
            about_to_call(variant->name, "bcmp", at.a, at.b, n);
            expect(variant->bcmp(at.a, at.b, n) == 0);
            for (size_t kind = 0; n && kind < 3; kind++) {
                size_t position = position_in(kind, n),
                       later = position + random_below((uint32_t)(n - position));
                /* A later difference of the other sign does not count. */
                unsigned char byte = (unsigned char)random_below(256), later_byte = byte < FILLER ? 255 : 0;
                if (byte == FILLER)
                    continue;
                at.b[later] = later_byte, at.b[position] = byte;
                about_to_call(variant->name, "memcmp", at.a, at.b, n);
                expect(sign(variant->memcmp(at.a, at.b, n)) == sign(FILLER - byte));
                about_to_call(variant->name, "bcmp", at.a, at.b, n);
                expect(variant->bcmp(at.a, at.b, n) != 0);
                at.b[later] = at.b[position] = FILLER;
            }
            plant_around(at, n, FILLER, FILLER);
        }
}

Test(memory_compare, memcmp_and_bcmp_any_size_and_alignment) {
    map_filled();
    for_each_variant(test_memcmp);
}

/* The strings end with the operands: at the guard page when these do. */
static void test_strcmp(const struct mshim_memfuncs_variant *variant) {
    size_t n;
    struct placement at;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++)
        for (size_t number = 0; place(number, first, second, n + 1, &at); number++) {
            const char *a = (char *)at.a, *b = (char *)at.b;
            plant_around(at, n + 1, 1, 2);
            at.a[n] = at.b[n] = 0;
            about_to_call(variant->name, "strcmp", a, b, n);
            expect(variant->strcmp(a, b) == 0);
            about_to_call(variant->name, "strncmp", a, b, n);
            expect(variant->strncmp(a, b, n) == 0);
            expect(variant->strncmp(a, b, n + 1) == 0);
            expect(variant->strncmp(a, b, n + 1 + random_below(200)) == 0);
            expect(variant->strncmp(a, b, SIZE_MAX) == 0);
            for (size_t kind = 0; n && kind < 3; kind++) {
                size_t position = position_in(kind, n),
                       later = position + random_below((uint32_t)(n - position));
                unsigned char byte = kind == 2 && random_below(4) == 0 ? 0 : (unsigned char)random_below(256);
                unsigned char later_byte = byte < FILLER ? 255 : 0;
                if (byte == FILLER)
                    continue;
                at.b[later] = later_byte, at.b[position] = byte;
                about_to_call(variant->name, "strcmp", a, b, n);
                expect(sign(variant->strcmp(a, b)) == sign(FILLER - byte));
                expect(sign(variant->strcmp(b, a)) == sign(byte - FILLER));
                about_to_call(variant->name, "strncmp", a, b, n);
                expect(sign(variant->strncmp(a, b, position + 1)) == sign(FILLER - byte));
                expect(sign(variant->strncmp(a, b, position + 1 + random_below(200))) == sign(FILLER - byte));
                expect(variant->strncmp(a, b, position) == 0);
                at.b[later] = at.b[position] = FILLER;
            }
            at.a[n] = at.b[n] = FILLER;
            plant_around(at, n + 1, FILLER, FILLER);
        }
}

Test(memory_compare, strcmp_and_strncmp_any_size_and_alignment) {
    map_filled();
    for_each_variant(test_strcmp);
}

/* Without a terminator the limit alone keeps strncmp from the guard page. */
static void test_unterminated(const struct mshim_memfuncs_variant *variant) {
    size_t n;
    struct placement at;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++)
        for (size_t number = 0; place(number, first, second, n, &at); number++) {
            about_to_call(variant->name, "strncmp", at.a, at.b, n);
            expect(variant->strncmp((char *)at.a, (char *)at.b, n) == 0);
        }
}

Test(memory_compare, strncmp_without_terminator) {
    map_filled();
    for_each_variant(test_unterminated);
}
