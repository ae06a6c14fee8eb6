/* SPDX-License-Identifier: MIT */
/* A program of musl for a root that has nothing else of it: allocates, copies, prints whether it is served. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    Dl_info info;
    for (size_t size = 1; size < 1 << 20; size = size * 3 + 1) {
        char *block = malloc(size), *copy = calloc(size, 2);
        if (!block || !copy)
            return 2;
        memset(block, 'm', size);
        memcpy(copy, block, size);
        if (memcmp(copy, block, size))
            return 3;
        copy = realloc(copy, size * 4);
        if (!copy || strncmp(copy, block, size))
            return 4;
        free(copy);
        free(block);
    }
    void *const memcpy_in_use = dlsym(RTLD_DEFAULT, "memcpy");
    const int served = dladdr(memcpy_in_use, &info) && strstr(info.dli_fname, "libmshim.so") != NULL;
    puts(served ? "served" : "not served");
    return !served;
}
