// SPDX-License-Identifier: MIT
// share blocks|copies SECONDS: allocates, and does something else for twice as long; or copies, and does
// something else for about as long, which it measures. Prints the part that copies took.
#include "share.h"

#include <stdio.h>
#include <string.h>

enum { COPY_BYTES = 64 * 1024, BLOCKS = 200 };

static char from[COPY_BYTES], to[COPY_BYTES];

static void *(*volatile copy)(void *, const void *, size_t) = memcpy;

static void blocks(void) {
    free(malloc(100));
    spin_ns(REST_NS);
}

// Blocks come so often that ticks are waited for.
static int64_t copies(void) {
    const int64_t began = now_ns();
    copy(to, from, COPY_BYTES);
    const int64_t took = now_ns() - began;
    for (int i = 0; i < BLOCKS; i++)
        free(malloc(100));
    spin_ns(took);
    return took;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    const int64_t began = now_ns(), end = began + (int64_t)(atof(argv[2]) * 1e9);
    int64_t copied = 0;
    while (now_ns() < end) {
        if (strcmp(argv[1], "blocks") == 0)
            blocks();
        else
            copied += copies();
    }
    printf("%.4f\n", (double)copied / (double)(now_ns() - began));
    return 0;
}
