/* SPDX-License-Identifier: MIT */
#include "check.h"

static unsigned char byte_at(size_t i) {
    return (unsigned char)(i * 131 + (i >> 8));
}

int main(void) {
    size_t size = 0;
    unsigned char *block = NULL;
    srand(1);
    for (int step = 0; step < 3000; step++) {
        const int log2 = rand() % 21;
        const size_t next = 1 + (size_t)rand() % ((size_t)1 << log2);
        block = realloc(block, next);
        CHECK(block);
        for (size_t i = 0; i < size && i < next; i++)
            CHECK(block[i] == byte_at(i));
        for (size_t i = size; i < next; i++)
            block[i] = byte_at(i);
        size = next;
    }
    free(block);
}
