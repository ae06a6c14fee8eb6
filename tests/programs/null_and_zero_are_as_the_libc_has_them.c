/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <malloc.h>

int main(void) {
    errno = 42;
    free(NULL);
    CHECK(errno == 42 && malloc_usable_size(NULL) == 0);
    char *block = realloc(NULL, opaque(100));
    CHECK(block);
    memset(block, 1, 100);
    free(block);
    void *const empty[] = {realloc(NULL, opaque(0)),
                           calloc(opaque(0), opaque(SIZE_MAX)),
                           calloc(opaque(SIZE_MAX), opaque(0)),
                           reallocarray(NULL, opaque(0), opaque(8)),
                           aligned_alloc(64, opaque(0)),
                           memalign(64, opaque(0))};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        CHECK(empty[i]);
        for (size_t other = 0; other < i; other++)
            CHECK(empty[i] != empty[other]);
    }
    CHECK((uintptr_t)empty[4] % 64 == 0 && (uintptr_t)empty[5] % 64 == 0);
    void *out = &out;
    CHECK(posix_memalign(&out, 64, opaque(0)) == 0 && out != &out && (uintptr_t)out % 64 == 0);
    free(out);
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        free(empty[i]);
}
