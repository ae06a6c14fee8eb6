/* SPDX-License-Identifier: MIT */
/* Tells whether it was preloaded, waits for a line, and allocates. */
#include "../../programs/check.h"

#include <sys/auxv.h>

int main(void) {
    free(malloc(opaque(1000)));
    printf("secure %lu preloaded %d mark %d\n", getauxval(AT_SECURE), is_preloaded(),
           getenv("MSHIM_FIRST") != NULL);
    fflush(stdout);
    char byte;
    if (read(0, &byte, 1) < 0)
        return 1;
    return 9;
}
