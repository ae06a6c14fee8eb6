/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <malloc.h>

enum { KINDS = 6 };

static char *block_of(int kind, size_t size) {
    void *out = NULL;
    switch (kind) {
    case 0:
        return calloc(1, size);
    case 1:
        return realloc(malloc(1), size);
    case 2:
        return aligned_alloc(256, size);
    case 3:
        return posix_memalign(&out, 4096, size) == 0 ? out : NULL;
    case 4:
        return memalign(1 << 16, size);
    default:
        return valloc(size);
    }
}

/* Neighbours are alive while every byte is written, so that a size told too large is seen. */
int main(void) {
    for (size_t size = 1; size < 3 << 20; size = size * 2 + 7) {
        char *blocks[KINDS][4];
        for (int n = 0; n < 4; n++)
            for (int kind = 0; kind < KINDS; kind++) {
                char *block = blocks[kind][n] = block_of(kind, opaque(size));
                CHECK(block && malloc_usable_size(block) >= size);
                memset(block, kind * 4 + n, malloc_usable_size(block));
            }
        for (int n = 0; n < 4; n++)
            for (int kind = 0; kind < KINDS; kind++) {
                char *block = blocks[kind][n];
                const size_t usable = malloc_usable_size(block);
                CHECK(block[0] == kind * 4 + n && memcmp(block, block + 1, usable - 1) == 0);
                free(block);
            }
    }
}
