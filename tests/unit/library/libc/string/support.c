/* SPDX-License-Identifier: MIT */
#include "functions.h"

#include "library/libc/string/entry.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
    const char *variant, *function;
    const void *a, *b;
    size_t n;
} current;

static void print_current(const char *what) {
    char line[256];
    int length = snprintf(line, sizeof line, "%s: %s of %s, n = %zu, a = ...%03x, b = ...%03x\n", what,
                          current.function, current.variant, current.n,
                          (unsigned)((uintptr_t)current.a & 0xfff), (unsigned)((uintptr_t)current.b & 0xfff));
    if (write(STDERR_FILENO, line, (size_t)length) < 0)
        return;
}

static void touched_guard(int signal) {
    print_current(signal == SIGSEGV ? "access outside the operand's pages" : "signal");
    _exit(1);
}

void about_to_call(const char *variant, const char *function, const void *a, const void *b, size_t n) {
    current.variant = variant, current.function = function;
    current.a = a, current.b = b, current.n = n;
}

void expect(bool right) {
    if (right)
        return;
    print_current("wrong");
    cr_assert_fail("%s of %s, n = %zu", current.function, current.variant, current.n);
}

bool full_run(void) {
    const char *value = getenv("MSHIM_TEST_FULL");
    return value && *value == '1';
}

uint32_t random_below(uint32_t limit) {
    static uint64_t state = 88172645463325252u;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (uint32_t)((state >> 32) * limit >> 32);
}

struct area map_area(void) {
    enum { GUARD = 4096 };
    unsigned char *at = mmap(NULL, AREA + 2 * GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(at != MAP_FAILED);
    cr_assert(mprotect(at + GUARD, AREA, PROT_READ | PROT_WRITE) == 0);
    signal(SIGSEGV, touched_guard);
    return (struct area){at + GUARD, at + GUARD + AREA};
}

void fill_random(struct area area) {
    for (unsigned char *at = area.start; at < area.end; at++)
        *at = (unsigned char)random_below(256);
}

void *naive_memmove(void *to, const void *from, size_t n) {
    volatile unsigned char *target = to;
    const volatile unsigned char *source = from;
    if (target < source)
        for (size_t i = 0; i < n; i++)
            target[i] = source[i];
    else
        while (n--)
            target[n] = source[n];
    return to;
}

static bool always(void) {
    return true;
}

void for_each_variant(variant_test *test) {
    static char names[8][32];
    size_t count = 0;
    for (size_t i = 0; mshim_memfuncs_variants[i]; i++) {
        if (!mshim_memfuncs_variants[i]->supported()) {
            printf("skipped: this CPU has no %s\n", mshim_memfuncs_variants[i]->name);
            continue;
        }
        /* So low that the tests' sizes reach what goes past the caches; selecting a variant sets it to the
         * CPU's. */
        mshim_memfuncs_nontemporal_bytes = 8192;
        test(mshim_memfuncs_variants[i]);
        cr_assert(mshim_memfuncs_use(mshim_memfuncs_variants[i]->name));
        cr_assert_str_eq(mshim_memfuncs_in_force(), mshim_memfuncs_variants[i]->name);
        snprintf(names[count], sizeof names[count], "exported (%s)", mshim_memfuncs_variants[i]->name);
        struct mshim_memfuncs_variant exported = {
            .name = names[count++],
            .supported = always,
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments) .name = MSHIM_MEMFUNCS_ENTRY(name),
#include <mshim/memory_functions.def>
        };
        test(&exported);
    }
    cr_assert(count > 0);
}

size_t size_number(size_t i) {
    static const size_t thresholds[] = {2048, 4096, 8192, 16384};
    enum { ALL = 1024, AROUND = 4 };
    if (i <= ALL)
        return i;
    i -= ALL + 1;
    if (i / (2 * AROUND + 1) >= sizeof thresholds / sizeof *thresholds)
        return SIZE_MAX;
    return thresholds[i / (2 * AROUND + 1)] - AROUND + i % (2 * AROUND + 1);
}

static unsigned char *place_one(struct area area, bool at_end, size_t alignment, size_t n) {
    return at_end ? area.end - alignment - n : area.start + alignment;
}

bool place(size_t number, struct area first, struct area second, size_t n, struct placement *placement) {
    size_t others = full_run() ? ALIGNMENTS : 3;
    size_t a = number % ALIGNMENTS, b = number / ALIGNMENTS % others, ends = number / ALIGNMENTS / others;
    if (ends >= 4)
        return false;
    if (!full_run() && b != 0)
        b = (a + n + 21 * b) % ALIGNMENTS; /* every distance of the two alignments comes in some size */
    placement->a = place_one(first, ends & 1, a, n);
    placement->b = place_one(second, ends & 2, b, n);
    return true;
}
