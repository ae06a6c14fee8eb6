/* SPDX-License-Identifier: MIT */
#include "check.h"

int main(void) {
    const size_t half = opaque(SIZE_MAX / 2 + 2);
    errno = 0;
    CHECK(calloc(half, 2) == NULL && errno == ENOMEM);
    char *block = malloc(10);
    strcpy(block, "untouched");
    errno = 0;
    CHECK(reallocarray(block, half, 2) == NULL && errno == ENOMEM);
    CHECK(strcmp(block, "untouched") == 0);
    free(block);
}
