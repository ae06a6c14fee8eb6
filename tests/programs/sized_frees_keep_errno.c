/* SPDX-License-Identifier: MIT */
#include "check.h"

static void *filled(void *block, size_t size) {
    CHECK(block);
    memset(block, 1, size);
    errno = 42;
    return block;
}

int main(void) {
    void (*sized)(void *, size_t) = (void (*)(void *, size_t))dlsym(RTLD_DEFAULT, "free_sized");
    void (*aligned)(void *, size_t, size_t) =
        (void (*)(void *, size_t, size_t))dlsym(RTLD_DEFAULT, "free_aligned_sized");
    CHECK(!is_preloaded() || (sized && aligned));
    for (int round = 0; round < 8; round++)
        for (size_t size = 1; size <= 64 << 20; size *= 4) {
            free(filled(malloc(opaque(size)), size));
            CHECK(errno == 42);
            if (sized)
                sized(filled(malloc(opaque(size)), size), size);
            CHECK(errno == 42);
            if (aligned)
                aligned(filled(aligned_alloc(64, opaque(size)), size), 64, size);
            CHECK(errno == 42);
        }
    free(NULL);
    if (sized && aligned) {
        sized(NULL, 0);
        aligned(NULL, 64, 64);
    }
    CHECK(errno == 42);
}
