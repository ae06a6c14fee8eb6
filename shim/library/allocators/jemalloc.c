/* SPDX-License-Identifier: MIT */
/* jemalloc 5, built by its own build system (build-jemalloc.sh) with the prefix je_. */
#include <jemalloc/jemalloc.h>

#include "library/allocators/allocator.h"
#include "shared/allocators/versions.h"

/* jemalloc's own, in its private namespace. */
void mshim_je_jemalloc_prefork(void);
void mshim_je_jemalloc_postfork_parent(void);
void mshim_je_jemalloc_postfork_child(void);

static inline void *backend_malloc(size_t size) {
    return je_malloc(size);
}

static inline void *backend_calloc(size_t size) {
    return je_calloc(1, size);
}

static inline void *backend_realloc(void *block, size_t size) {
    return je_realloc(block, size ? size : 1); /* what it does for 0 is an option of its own */
}

static inline void *backend_aligned(size_t alignment, size_t size) {
    return je_aligned_alloc(alignment, size);
}

static inline void backend_free(void *block) {
    je_free(block);
}

static inline size_t backend_usable_size(const void *block) {
    return je_malloc_usable_size((void *)block);
}

#define TEXT_OF(number) TEXT(number)
#define TEXT(number)    #number

static inline bool backend_trim(void) {
    je_mallctl("thread.tcache.flush", NULL, NULL, NULL, 0);
    return je_mallctl("arena." TEXT_OF(MALLCTL_ARENAS_ALL) ".purge", NULL, NULL, NULL, 0) == 0;
}

/* jemalloc's map of its extents is its own. */
static inline bool backend_is_block(const void *block) {
    return (uintptr_t)block % sizeof(void *) == 0;
}

static inline bool backend_owns(const void *block) {
    return backend_is_block(block);
}

#define BACKEND_LARGE_BLOCKS 1
#define BACKEND_HARDENED     1
#include "library/allocators/entry_points_template.h"

/* Initialised now, while there is one thread and before anybody forks. */
static void start(void) {
    mshim_large_start();
    je_free(je_malloc(1));
}

static void fork_before(void) {
    mshim_large_fork_before();
    mshim_je_jemalloc_prefork();
}

static void fork_parent(void) {
    mshim_je_jemalloc_postfork_parent();
    mshim_large_fork_after();
}

static void fork_child(void) {
    mshim_je_jemalloc_postfork_child();
    mshim_large_fork_after();
}

static bool read_size(const char *name, uint64_t *out) {
    size_t value = 0, length = sizeof value;
    if (je_mallctl(name, &value, &length, NULL, 0) != 0)
        return false;
    *out = value;
    return true;
}

static uint64_t retained_bytes(void) {
    uint64_t epoch = 1, resident = 0, allocated = 0;
    if (je_mallctl("epoch", NULL, NULL, &epoch, sizeof epoch) != 0 ||
        !read_size("stats.resident", &resident) || !read_size("stats.allocated", &allocated))
        return MSHIM_ABSENT;
    return (resident > allocated ? resident - allocated : 0) + mshim_large_retained_bytes();
}

const struct mshim_allocator mshim_allocator_jemalloc = {
    .name = "jemalloc",
    .version = MSHIM_VERSION_JEMALLOC,
    .counted = &counted_entry_points,
    .plain = &plain_entry_points,
    .mappings_are_counted = true,
    .start = start,
    .fork_before = fork_before,
    .fork_parent = fork_parent,
    .fork_child = fork_child,
    .retained_bytes = retained_bytes,
};
