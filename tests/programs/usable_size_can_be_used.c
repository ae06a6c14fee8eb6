/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <malloc.h>

int main(void) {
    CHECK(malloc_usable_size(NULL) == 0);
    char *blocks[200];
    for (int i = 0; i < 200; i++) {
        const size_t size = (size_t)i * i * 7;
        blocks[i] = malloc(opaque(size));
        const size_t usable = malloc_usable_size(blocks[i]);
        CHECK(usable >= size);
        memset(blocks[i], i, usable);
    }
    for (int i = 0; i < 200; i++) {
        for (size_t at = 0; at < malloc_usable_size(blocks[i]); at++)
            CHECK(blocks[i][at] == (char)i);
        free(blocks[i]);
    }
}
