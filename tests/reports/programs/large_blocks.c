/* SPDX-License-Identifier: MIT */
/* Holds at most 46 MiB at any time, in blocks of many sizes that are freed before the next: fits into 64 MiB
 * where what was freed is given back in time. */
#include "../../programs/check.h"

enum { MIB = 1 << 20 };

static void *filled(size_t bytes) {
    void *block = malloc(opaque(bytes));
    CHECK(block);
    return memset(block, 1, bytes);
}

int main(void) {
    static const size_t sizes[] = {15, 9, 20, 7, 24, 30, 3, 26, 29, 22, 28, 30};
    enum { SMALL = 50 };
    char *kept = filled(12 * MIB), *small[SMALL];
    for (int round = 0; round < 1; round++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
            free(filled(sizes[i] * MIB));
    for (int i = 0; i < SMALL; i++)
        small[i] = filled(MIB / 2);
    for (int i = 0; i < SMALL; i++)
        free(small[i]);
    char *grown = filled(10 * MIB);
    for (size_t size = 11; size <= 16; size++)
        grown = realloc(grown, opaque(size * MIB));
    free(grown);
    free(filled(33 * MIB));
    CHECK(kept[12 * MIB - 1] == 1);
    return 9;
}
