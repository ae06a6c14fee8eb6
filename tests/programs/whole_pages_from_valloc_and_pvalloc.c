/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <malloc.h>

int main(void) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *(*found_pvalloc)(size_t) = (void *(*)(size_t))dlsym(RTLD_DEFAULT, "pvalloc");
    void *block = valloc(opaque(100));
    CHECK(block && (uintptr_t)block % page == 0);
    free(block);
    if (!found_pvalloc)
        SKIP("no pvalloc here");
    block = found_pvalloc(100);
    CHECK(block && (uintptr_t)block % page == 0 && malloc_usable_size(block) >= page);
    memset(block, 1, page);
    free(block);
    errno = 0;
    CHECK(found_pvalloc(SIZE_MAX - 10) == NULL && errno == ENOMEM);
}
