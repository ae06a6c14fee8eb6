/* SPDX-License-Identifier: MIT */
/* A program that defines the family itself, as those do that are linked with an allocator of their own. */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char heap[64 << 20];
static size_t used;
static unsigned long calls;

static void *take(size_t alignment, size_t size) {
    calls++;
    uintptr_t at = (uintptr_t)heap + used + 16;
    at = (at + alignment - 1) / alignment * alignment;
    if (size > sizeof heap || at + size > (uintptr_t)heap + sizeof heap) {
        errno = ENOMEM;
        return NULL;
    }
    ((size_t *)at)[-1] = size;
    used = at + size - (uintptr_t)heap;
    return (void *)at;
}

void *malloc(size_t size) {
    return take(16, size);
}

void free(void *block) {
    (void)block;
}

void *calloc(size_t count, size_t size) {
    return take(16, count * size);
}

void *realloc(void *block, size_t size) {
    void *moved = take(16, size);
    const size_t had = block ? ((size_t *)block)[-1] : 0;
    return moved && block ? memcpy(moved, block, had < size ? had : size) : moved;
}

void *aligned_alloc(size_t alignment, size_t size) {
    return take(alignment < 16 ? 16 : alignment, size);
}

void *memalign(size_t alignment, size_t size) {
    return aligned_alloc(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    *out = aligned_alloc(alignment, size);
    return *out ? 0 : ENOMEM;
}

size_t malloc_usable_size(void *block) {
    return block ? ((size_t *)block)[-1] : 0;
}

int main(void) {
    char *text = strdup("own");
    char *block = malloc(100);
    if (text < heap || text >= heap + sizeof heap || block < heap || block >= heap + sizeof heap || calls < 2)
        return 1;
    char line[8192];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        if (strstr(line, "memfd:mshim")) {
            fputs(strstr(line, "memfd:"), stdout);
            break;
        }
    fflush(stdout);
    return 9;
}
