/* SPDX-License-Identifier: MIT */
/* A free of what is no block ends the program with one line: inside a block, of a variable, of a mapping. */
#include "mistakes.h"

#include <sys/mman.h>

static void inside_a_block(size_t size) {
    char *block = malloc(size);
    free(block + size / 2 / 16 * 16);
}

static void unaligned(size_t size) {
    char *block = malloc(size);
    free(block + 3);
}

static void of_a_variable(size_t size) {
    char variable[256];
    memset(variable, 0, sizeof variable);
    free(variable + size % 4 * 16);
}

static void of_a_static_variable(size_t size) {
    static char variable[4096];
    free(variable + size % 4 * 16);
}

static void of_a_mapping(size_t size) {
    char *mapping = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(mapping != MAP_FAILED);
    free(mapping + (8 << 20) + size % 4 * 4096);
}

static void realloc_of_a_static_variable(size_t size) {
    static char variable[4096];
    void *block = realloc(variable + 64, size);
    CHECK(block);
}

int main(void) {
    static const size_t sizes[] = {64, 100, 512, 5000, 40000, 300000, 5 << 20};
    static const struct {
        const char *name;
        void (*mistake)(size_t size);
    } kinds[] = {
        {"inside a block", inside_a_block}, {"unaligned", unaligned},
        {"a variable", of_a_variable},      {"a static variable", of_a_static_variable},
        {"a mapping", of_a_mapping},        {"realloc of a static variable", realloc_of_a_static_variable},
    };
    const char *name = getenv("MSHIM_ALLOCATOR");
    if (!is_hardened_by_the_shim())
        SKIP("the libc's own allocator looks after itself");
    if (name && strcmp(name, "jemalloc") == 0)
        SKIP("jemalloc's map of its blocks is its own: only double frees are seen");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        check_told(kinds[i].name, kinds[i].mistake, sizes, sizeof sizes / sizeof *sizes,
                   "mshim: invalid free of 0x");
    return 0;
}
