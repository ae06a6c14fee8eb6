/* SPDX-License-Identifier: MIT */
/* A block that is freed twice ends the program, at the second free, with one line that says so. */
#include "mistakes.h"

#include <pthread.h>

static void twice(size_t size) {
    void *block = malloc(size);
    free(block);
    free(block);
}

/* Others of its size come and go in between. */
static void twice_with_others_between(size_t size) {
    void *block = malloc(size), *others[8];
    for (int i = 0; i < 8; i++)
        others[i] = malloc(size);
    free(block);
    for (int i = 0; i < 8; i++)
        free(others[i]);
    free(block);
}

static void *free_it(void *block) {
    free(block);
    return NULL;
}

static void once_by_another_thread(size_t size) {
    pthread_t thread;
    void *block = malloc(size);
    CHECK(pthread_create(&thread, NULL, free_it, block) == 0 && pthread_join(thread, NULL) == 0);
    free(block);
}

static void by_realloc(size_t size) {
    void *block = malloc(size);
    free(block);
    block = realloc(block, opaque(2 * size));
    CHECK(block);
}

static void of_aligned_blocks(size_t size) {
    void *block = aligned_alloc(256, (size + 255) / 256 * 256);
    free(block);
    free(block);
}

static void of_cleared_blocks(size_t size) {
    void *block = calloc(1, size);
    free(block);
    free(block);
}

int main(void) {
    static const size_t sizes[] = {1, 8, 16, 24, 100, 512, 1000, 5000, 40000, 300000, 5 << 20};
    static const struct {
        const char *name;
        void (*mistake)(size_t size);
    } kinds[] = {
        {"free twice", twice},
        {"free twice with others between", twice_with_others_between},
        {"free after another thread's", once_by_another_thread},
        {"realloc of a free block", by_realloc},
        {"aligned", of_aligned_blocks},
        {"cleared", of_cleared_blocks},
    };
    if (!is_hardened_by_the_shim())
        SKIP("the libc's own allocator looks after itself");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        check_told(kinds[i].name, kinds[i].mistake, sizes, sizeof sizes / sizeof *sizes,
                   "mshim: double free of 0x");
    return 0;
}
