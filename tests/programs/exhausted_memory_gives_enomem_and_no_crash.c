/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <sys/resource.h>

int main(void) {
    const struct rlimit limit = {512 << 20, 512 << 20};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    enum { STEP = 1 << 20, MOST = 4096 };
    static void *blocks[MOST];
    int held = 0;
    errno = 0;
    while (held < MOST && (blocks[held] = malloc(opaque(STEP))) != NULL)
        held++;
    CHECK(held < MOST && errno == ENOMEM);
    while (held > 0)
        free(blocks[--held]);
    void *again = malloc(opaque(STEP));
    CHECK(again);
    free(again);
}
