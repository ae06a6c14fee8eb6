/* SPDX-License-Identifier: MIT */
#include "check.h"

int main(void) {
    char *block = malloc(opaque(100));
    memset(block, 'x', 100);
    errno = 0;
    CHECK(realloc(block, opaque((size_t)PTRDIFF_MAX + 1)) == NULL && errno == ENOMEM);
    for (int i = 0; i < 100; i++)
        CHECK(block[i] == 'x');
    free(block);
}
