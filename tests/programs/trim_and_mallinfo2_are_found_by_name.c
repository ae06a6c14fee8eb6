/* SPDX-License-Identifier: MIT */
#include "check.h"

struct info {
    size_t values[10];
};

int main(void) {
    if (!is_preloaded())
        SKIP("not preloaded");
    int (*trim)(size_t) = (int (*)(size_t))dlsym(RTLD_DEFAULT, "malloc_trim");
    struct info (*mallinfo2)(void) = (struct info(*)(void))dlsym(RTLD_DEFAULT, "mallinfo2");
    CHECK(trim && mallinfo2);
    void *block = malloc(opaque(1000000));
    memset(block, 1, 1000000);
    CHECK(mallinfo2().values[7] >= 1000000); /* uordblks */
    free(block);
    const int gave = trim(0);
    CHECK(gave == 0 || gave == 1);
    CHECK(mallinfo2().values[7] < 1000000);
}
