/* SPDX-License-Identifier: MIT */
#include "check.h"

int main(void) {
    for (int round = 0; round < 50; round++)
        for (size_t size = 1; size <= 64 << 20; size *= 8) {
            char *block = malloc(opaque(size));
            CHECK(block);
            memset(block, 1, size);
            errno = 42;
            free(block);
            CHECK(errno == 42);
        }
    void (*found)(void *, size_t) = (void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "free_sized");
    if (found) {
        void *block = malloc(opaque(1 << 20));
        errno = 42;
        found(block, 1 << 20);
        CHECK(errno == 42);
    }
}
