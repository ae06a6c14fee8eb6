// SPDX-License-Identifier: MIT
// An allocator that takes ALLOCATION_NS for each block, to be counted behind the shim
// (MSHIM_ALLOCATOR=system).
#include "share.h"

#include <errno.h>
#include <string.h>

enum { ARENA_BYTES = 1 << 20, ALIGNMENT = 64 };

static char arena[ARENA_BYTES] __attribute__((aligned(ALIGNMENT)));
static size_t used;

void *malloc(size_t size) {
    const size_t at =
        __atomic_fetch_add(&used, (size + 2 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, __ATOMIC_RELAXED);
    if (at + size + ALIGNMENT > ARENA_BYTES) { // the program frees all that it has, again and again
        __atomic_store_n(&used, ARENA_BYTES / 2, __ATOMIC_RELAXED);
        return malloc(size);
    }
    spin_ns(ALLOCATION_NS);
    memcpy(arena + at, &size, sizeof size);
    return arena + at + ALIGNMENT;
}

void free(void *block) {
    (void)block;
}

size_t malloc_usable_size(void *block) {
    size_t size = 0;
    if (block)
        memcpy(&size, (char *)block - ALIGNMENT, sizeof size);
    return size;
}

void *calloc(size_t count, size_t size) {
    void *block = malloc(count * size);
    return memset(block, 0, count * size);
}

void *realloc(void *block, size_t size) {
    void *moved = malloc(size);
    const size_t old = malloc_usable_size(block);
    if (block)
        memcpy(moved, block, old < size ? old : size);
    return moved;
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    if (alignment > ALIGNMENT)
        return ENOMEM;
    *block = malloc(size);
    return 0;
}

void *aligned_alloc(size_t alignment, size_t size) {
    return alignment > ALIGNMENT ? NULL : malloc(size);
}

void *memalign(size_t alignment, size_t size) {
    return aligned_alloc(alignment, size);
}
