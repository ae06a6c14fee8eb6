/* SPDX-License-Identifier: MIT */
/* burn MILLIONS: that many million rounds of arithmetic, and some blocks; MALLOC_BURN_PERCENT more of both
 * where that is set. */
#include <stdlib.h>

int main(int argc, char **argv) {
    const char *const more = getenv("MALLOC_BURN_PERCENT");
    const double factor = 1 + (more ? atof(more) : 0) / 100;
    const long rounds = (long)((argc > 1 ? atof(argv[1]) : 1) * 1e6 * factor);
    volatile unsigned state = 1;
    for (long i = 0; i < rounds; i++) {
        state = state * 1664525 + 1013904223;
        if (i % 1000 == 0) {
            char *volatile block = malloc(state % 4096 + 1);
            free(block);
        }
    }
    return 0;
}
