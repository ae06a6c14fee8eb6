/* SPDX-License-Identifier: MIT */
#include "check.h"

int main(void) {
    void *a = malloc(opaque(0)), *b = malloc(opaque(0)), *c = calloc(0, 5);
    CHECK(a && b && c && a != b && b != c && a != c);
    free(a);
    free(b);
    free(c);
}
