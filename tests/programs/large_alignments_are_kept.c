/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <malloc.h>
#include <sys/resource.h>

int main(void) {
    for (size_t alignment = 1; alignment <= 16; alignment *= 2) {
        void *block =
            aligned_alloc(opaque(alignment), opaque(100)); /* small ones are powers of two as well */
        CHECK(block && (uintptr_t)block % 16 == 0);
        free(block);
    }
    for (size_t alignment = 1 << 20; alignment <= (size_t)256 << 20; alignment *= 2)
        for (size_t size = 1; size <= 3 << 20; size = size * 100 + 1) {
            char *block = aligned_alloc(opaque(alignment), opaque(size)), *other = NULL;
            CHECK(block && (uintptr_t)block % alignment == 0);
            CHECK(posix_memalign((void **)&other, opaque(alignment), opaque(size)) == 0);
            CHECK(other && (uintptr_t)other % alignment == 0 && other != block);
            CHECK(malloc_usable_size(block) >= size && malloc_usable_size(other) >= size);
            block[0] = block[size - 1] = 1;
            other[0] = other[size - 1] = 2;
            CHECK(block[size - 1] == 1);
            free(block);
            other = realloc(other, size + 5000);
            CHECK(other && other[0] == 2 && other[size - 1] == 2);
            free(other);
        }
    /* One that cannot be had fails as any call does, and nothing else happens. */
    for (int shift = 40; shift < 64; shift++) {
        errno = 0;
        void *block = aligned_alloc(opaque((size_t)1 << shift), opaque(100));
        CHECK(block ? (uintptr_t)block % ((size_t)1 << shift) == 0 : errno == ENOMEM || errno == EINVAL);
        free(block);
        const int error = posix_memalign(&block, opaque((size_t)1 << shift), opaque(100));
        CHECK(error == 0 || error == ENOMEM || error == EINVAL);
        if (error == 0)
            free(block);
    }
    free(malloc(100));
}
