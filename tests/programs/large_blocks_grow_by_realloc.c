/* SPDX-License-Identifier: MIT */
#include "check.h"

int main(void) {
    size_t size = 64 << 10;
    char *block = malloc(size);
    for (size_t at = 0; at < size; at += 4096)
        block[at] = (char)(at >> 12);
    while (size < 256 << 20) {
        const size_t was = size;
        size += size / 2;
        block = realloc(block, size);
        CHECK(block);
        for (size_t at = 0; at < size; at += 4096)
            if (at < was)
                CHECK(block[at] == (char)(at >> 12));
            else
                block[at] = (char)(at >> 12);
    }
    block = realloc(block, 100);
    CHECK(block && block[0] == 0);
    free(block);
}
