/* SPDX-License-Identifier: MIT */
/*
 * mimalloc 2 or 3, whole in this file, so that its fast paths become part of the entry points. Its source
 * folder is given by CMake.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wunused-function"
#include "static.c"
#pragma GCC diagnostic pop

#include "allocators/allocator.h"
#include "allocators/versions.h"

static inline void *backend_malloc(size_t size) {
    return mi_malloc(size);
}

static inline void *backend_calloc(size_t size) {
    return mi_zalloc(size);
}

static inline void *backend_realloc(void *block, size_t size) {
    return mi_realloc(block, size);
}

static inline void *backend_aligned(size_t alignment, size_t size) {
    return mi_malloc_aligned(size, alignment);
}

static inline void backend_free(void *block) {
    mi_free(block);
}

static inline size_t backend_usable_size(const void *block) {
    return mi_usable_size(block);
}

static inline bool backend_trim(void) {
    mi_collect(true);
    return true;
}

#define BACKEND_FREE_FUNCTION mi_free
#include "interpose/entry_points.h"

const struct mshim_allocator mshim_allocator_mimalloc = {
    .name = "mimalloc",
    .version = MSHIM_VERSION_MIMALLOC,
    .counted = &counted_entry_points,
    .plain = &plain_entry_points,
};
