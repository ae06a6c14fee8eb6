/* SPDX-License-Identifier: MIT */
#include "check.h"

int main(void) {
    const size_t sizes[] = {(size_t)PTRDIFF_MAX + 1, SIZE_MAX - 4096, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        errno = 0;
        CHECK(malloc(opaque(sizes[i])) == NULL && errno == ENOMEM);
        errno = 0;
        CHECK(calloc(1, opaque(sizes[i])) == NULL && errno == ENOMEM);
        errno = 0;
        CHECK(aligned_alloc(64, opaque(sizes[i])) == NULL && errno == ENOMEM);
    }
}
