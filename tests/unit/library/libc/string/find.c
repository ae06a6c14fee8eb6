/* SPDX-License-Identifier: MIT */
/* memchr, memrchr, wmemchr, strlen and strchr: every variant, every size and alignment, up to the guard pages
 * on both sides. */
#include "functions.h"

#include <criterion/criterion.h>

enum { NEEDLE = 0xb7, FILLER = 0x37 /* differs in the sign only */ };

static struct area area;

static void map_filled(void) {
    area = map_area();
    for (unsigned char *at = area.start; at < area.end; at++)
        *at = FILLER;
}

static bool place_single(size_t number, size_t n, size_t step, unsigned char **at) {
    size_t alignments = ALIGNMENTS / step, alignment = number % alignments * step;
    if (number / alignments >= 2)
        return false;
    *at = number / alignments ? area.end - alignment - n : area.start + alignment;
    return true;
}

/* Where to look for the needle in the operand: first, last, in the middle, nowhere (n). False past the last
 * one. */
static bool position_number(size_t i, size_t n, size_t *position) {
    size_t positions[] = {n, 0, n ? n - 1 : 0, n ? random_below((uint32_t)n) : 0,
                          n ? random_below((uint32_t)n) : 0};
    size_t count = sizeof positions / sizeof *positions;
    if (full_run() && i >= count) {
        *position = i - count;
        return i - count < n;
    }
    *position = i < count ? positions[i] : 0;
    return i < count && (n || i == 0);
}

/* A needle where it must not be seen, just outside the operand, if there is room; returns what to put back.
 */
static void plant(unsigned char *at, unsigned char value) {
    if (at >= area.start && at < area.end)
        *at = value;
}

static void test_memchr(const struct mshim_memfuncs_variant *variant) {
    size_t n, position;
    unsigned char *at;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++)
        for (size_t number = 0; place_single(number, n, 1, &at); number++)
            for (size_t p = 0; position_number(p, n, &position); p++) {
                size_t second = position < n ? position + random_below((uint32_t)(n - position)) : n;
                plant(at - 1, NEEDLE), plant(at + n, NEEDLE);
                plant(at + position, NEEDLE), plant(at + second, NEEDLE);
                about_to_call(variant->name, "memchr", at, NULL, n);
                expect(variant->memchr(at, NEEDLE - 256, n) == (position < n ? at + position : NULL));
                if (position < n) { /* it stops there, however large the operand is said to be */
                    about_to_call(variant->name, "memchr", at, NULL, SIZE_MAX);
                    expect(variant->memchr(at, NEEDLE, SIZE_MAX) == at + position);
                    expect(variant->memchr(at, NEEDLE, SIZE_MAX - (uintptr_t)at) == at + position);
                }
                plant(at - 1, FILLER), plant(at + n, FILLER);
                plant(at + position, FILLER), plant(at + second, FILLER);
            }
}

Test(memory_find, memchr_any_size_and_alignment) {
    map_filled();
    for_each_variant(test_memchr);
}

static void test_memrchr(const struct mshim_memfuncs_variant *variant) {
    size_t n, position;
    unsigned char *at;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++)
        for (size_t number = 0; place_single(number, n, 1, &at); number++)
            for (size_t p = 0; position_number(p, n, &position); p++) {
                size_t second = position < n ? random_below((uint32_t)position + 1) : n;
                plant(at - 1, NEEDLE), plant(at + n, NEEDLE);
                plant(at + position, NEEDLE), plant(at + second, NEEDLE);
                about_to_call(variant->name, "memrchr", at, NULL, n);
                expect(variant->memrchr(at, NEEDLE, n) == (position < n ? at + position : NULL));
                plant(at - 1, FILLER), plant(at + n, FILLER);
                plant(at + position, FILLER), plant(at + second, FILLER);
            }
}

Test(memory_find, memrchr_any_size_and_alignment) {
    map_filled();
    for_each_variant(test_memrchr);
}

static void store_wide(unsigned char *at, uint32_t value) {
    for (int i = 0; i < 4; i++)
        plant(at + i, (unsigned char)(value >> 8 * i));
}

/* Wide characters at any address, though C asks for aligned ones. */
static void test_wmemchr(const struct mshim_memfuncs_variant *variant) {
    enum { WIDE_NEEDLE = 0x37b73737, WIDE_FILLER = 0x37373737 };
    size_t bytes, position;
    unsigned char *at;
    for (size_t i = 0; (bytes = size_number(i)) != SIZE_MAX; i++) {
        size_t n = bytes / 4;
        if (bytes % 4)
            continue;
        for (size_t number = 0; place_single(number, bytes, 1, &at); number++)
            for (size_t p = 0; position_number(p, n, &position); p++) {
                size_t second = position < n ? position + random_below((uint32_t)(n - position)) : n;
                const wchar_t *in = (const wchar_t *)(const void *)at;
                store_wide(at - 4, WIDE_NEEDLE), store_wide(at + bytes, WIDE_NEEDLE);
                store_wide(at + 4 * position, WIDE_NEEDLE), store_wide(at + 4 * second, WIDE_NEEDLE);
                about_to_call(variant->name, "wmemchr", at, NULL, n);
                expect(variant->wmemchr(in, WIDE_NEEDLE, n) == (position < n ? in + position : NULL));
                if (position < n) {
                    about_to_call(variant->name, "wmemchr", at, NULL, SIZE_MAX);
                    expect(variant->wmemchr(in, WIDE_NEEDLE, SIZE_MAX) == in + position);
                    expect(variant->wmemchr(in, WIDE_NEEDLE, SIZE_MAX / 4) == in + position);
                }
                store_wide(at - 4, WIDE_FILLER), store_wide(at + bytes, WIDE_FILLER);
                store_wide(at + 4 * position, WIDE_FILLER), store_wide(at + 4 * second, WIDE_FILLER);
            }
    }
}

Test(memory_find, wmemchr_any_size_and_alignment) {
    map_filled();
    for_each_variant(test_wmemchr);
}

/* The terminator is the last byte of the operand: before the guard page when the operand ends there. */
static void test_strlen(const struct mshim_memfuncs_variant *variant) {
    size_t n;
    unsigned char *at;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++)
        for (size_t number = 0; place_single(number, n + 1, 1, &at); number++) {
            plant(at - 1, 0), plant(at + n + 1, 0), at[n] = 0;
            about_to_call(variant->name, "strlen", at, NULL, n);
            expect(variant->strlen((char *)at) == n);
            plant(at - 1, FILLER), plant(at + n + 1, FILLER), at[n] = FILLER;
        }
}

Test(memory_find, strlen_any_size_and_alignment) {
    map_filled();
    for_each_variant(test_strlen);
}

static void test_strchr(const struct mshim_memfuncs_variant *variant) {
    size_t n, position;
    unsigned char *at;
    for (size_t i = 0; (n = size_number(i)) != SIZE_MAX; i++)
        for (size_t number = 0; place_single(number, n + 1, 1, &at); number++)
            for (size_t p = 0; position_number(p, n, &position); p++) {
                size_t second = position < n ? position + random_below((uint32_t)(n - position)) : n;
                plant(at - 1, NEEDLE), plant(at + n + 1, NEEDLE);
                plant(at + position, NEEDLE), plant(at + second, NEEDLE), at[n] = 0;
                about_to_call(variant->name, "strchr", at, NULL, n);
                expect(variant->strchr((char *)at, NEEDLE + 256) ==
                       (char *)(position < n ? at + position : NULL));
                expect(variant->strchr((char *)at, 0) == (char *)at + n);
                plant(at - 1, FILLER), plant(at + n + 1, FILLER);
                plant(at + position, FILLER), plant(at + second, FILLER), at[n] = FILLER;
            }
}

Test(memory_find, strchr_any_size_and_alignment) {
    map_filled();
    for_each_variant(test_strchr);
}
