/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <malloc.h>

/* No object may be larger than PTRDIFF_MAX; all that is left of the address space above it is refused with
 * ENOMEM. */
#define REFUSED(call)                                                                                        \
    do {                                                                                                     \
        errno = 0;                                                                                           \
        CHECK((call) == NULL && errno == ENOMEM);                                                            \
    } while (0)

int main(void) {
    const size_t sizes[] = {(size_t)PTRDIFF_MAX + 1, SIZE_MAX - 65536, SIZE_MAX - 15, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t size = opaque(sizes[i]);
        REFUSED(malloc(size));
        REFUSED(calloc(size, 1));
        REFUSED(realloc(NULL, size));
        REFUSED(reallocarray(NULL, 1, size));
        REFUSED(aligned_alloc(4096, size));
        REFUSED(memalign(1 << 20, size));
        REFUSED(valloc(size));
        void *out = &out, *untouched = out;
        errno = 7;
        CHECK(posix_memalign(&out, 16, size) == ENOMEM && out == untouched);
        CHECK(errno == 7 || !is_preloaded()); /* both libcs set it, and say that they do not */
    }
    void *block = malloc(opaque(100)); /* and goes on */
    CHECK(block);
    free(block);
}
