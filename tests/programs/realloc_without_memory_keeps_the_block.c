/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <sys/resource.h>

static void check_kept(size_t size) {
    char *block = malloc(opaque(size));
    CHECK(block);
    memset(block, 'k', size);
    errno = 0;
    CHECK(realloc(block, opaque((size_t)2 << 30)) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(reallocarray(block, opaque(1 << 20), opaque(1 << 12)) == NULL && errno == ENOMEM);
    for (size_t i = 0; i < size; i++)
        CHECK(block[i] == 'k');
    block = realloc(block, size + 1000); /* it still is a block like any other */
    CHECK(block && block[0] == 'k' && block[size - 1] == 'k');
    free(block);
}

int main(void) {
    const struct rlimit limit = {(rlim_t)1 << 30, (rlim_t)1 << 30};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    for (size_t size = 1; size <= 64 << 20; size = size * 9 + 1)
        check_kept(size);
}
