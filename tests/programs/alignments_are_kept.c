/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <malloc.h>

int main(void) {
    for (size_t alignment = sizeof(void *); alignment <= 1 << 20; alignment *= 2)
        for (size_t size = 1; size < 100000; size = size * 3 + 1) {
            void *blocks[3] = {aligned_alloc(alignment, size), memalign(alignment, size), NULL};
            CHECK(posix_memalign(&blocks[2], alignment, size) == 0);
            for (int i = 0; i < 3; i++) {
                CHECK(blocks[i] && (uintptr_t)blocks[i] % alignment == 0);
                CHECK(malloc_usable_size(blocks[i]) >= size);
                memset(blocks[i], i, size);
            }
            for (int i = 0; i < 3; i++) {
                CHECK(*(char *)blocks[i] == i && ((char *)blocks[i])[size - 1] == i);
                void *grown = realloc(blocks[i], size * 2);
                CHECK(grown && *(char *)grown == i && ((char *)grown)[size - 1] == i);
                free(grown);
            }
        }
    for (size_t size = 0; size < 10000; size = size * 2 + 1) {
        void *block = malloc(size);
        CHECK(block && (uintptr_t)block % (size >= 16 ? 16 : 8) == 0);
        free(block);
    }
}
