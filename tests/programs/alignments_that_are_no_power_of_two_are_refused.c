/* SPDX-License-Identifier: MIT */
#include "check.h"

int main(void) {
    const size_t wrong[] = {3, 24, 48, 100, 4095};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        void *out = &out, *untouched = out;
        errno = 0;
        CHECK(aligned_alloc(opaque(wrong[i]), 64) == NULL && errno == EINVAL);
        errno = 7;
        CHECK(posix_memalign(&out, opaque(wrong[i]), 64) == EINVAL && errno == 7 && out == untouched);
    }
    void *out = NULL;
    CHECK(posix_memalign(&out, opaque(sizeof(void *) / 2), 64) == EINVAL);
    CHECK(posix_memalign(&out, opaque(0), 64) == EINVAL);
    errno = 7;
    CHECK(posix_memalign(&out, 64, opaque(SIZE_MAX)) == ENOMEM && errno == 7 && out == NULL);
}
