/* SPDX-License-Identifier: MIT */
/* A second preload: passes on to the next library that defines malloc, as tools do that count or trace. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

static void *(*real_malloc)(size_t), *(*real_calloc)(size_t, size_t), *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);
static int looking;
static char early[65536]; /* for what dlsym itself asks for */
static size_t used;

static int is_early(const void *block) {
    return (const char *)block >= early && (const char *)block < early + sizeof early;
}

static void *take_early(size_t size) {
    char *block = early + (16 - (size_t)early % 16) + used;
    used += (size + 15) / 16 * 16;
    return used < sizeof early - 16 ? block : NULL;
}

static int is_ready(void) {
    if (real_free)
        return 1;
    if (looking)
        return 0;
    looking = 1;
    real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
    real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
    real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
    return 1;
}

void *malloc(size_t size) {
    return is_ready() ? real_malloc(size) : take_early(size);
}

void *calloc(size_t count, size_t size) {
    return is_ready() ? real_calloc(count, size) : take_early(count * size);
}

void *realloc(void *block, size_t size) {
    if (!is_early(block))
        return is_ready() ? real_realloc(block, size) : take_early(size);
    void *moved = malloc(size);
    return moved ? memcpy(moved, block, size) : NULL;
}

void free(void *block) {
    if (!is_early(block) && is_ready())
        real_free(block);
}
