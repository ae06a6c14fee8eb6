/* SPDX-License-Identifier: MIT */
#include "check.h"

int main(void) {
    for (int round = 0; round < 3; round++)
        for (size_t size = 1; size <= 8 << 20; size = size * 2 + 1) {
            char *dirty = malloc(opaque(size));
            memset(dirty, 0xff, size);
            free(dirty);
            char *clean = calloc(1, opaque(size));
            for (size_t i = 0; i < size; i++)
                CHECK(clean[i] == 0);
            memset(clean, 0xff, size);
            free(clean);
        }
}
