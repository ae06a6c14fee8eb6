/* SPDX-License-Identifier: MIT */
/*
 * Whatever library defines malloc next after this one: another preloaded allocator, or the libc. Also what
 * serves where the shim steps aside.
 */
#include "library/allocators/allocator.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* dlsym of glibc allocates; what it asks for before we know the next malloc comes from here and is never
 * reused. */
static _Alignas(16) char nursery[16 * 1024];
static size_t nursery_used_bytes;

static bool in_nursery(const void *block) {
    return (uintptr_t)block - (uintptr_t)nursery < sizeof nursery;
}

static size_t nursery_size(const void *block) {
    return ((const size_t *)block)[-2];
}

static void *nursery_malloc(size_t size) {
    if (size > sizeof nursery - 32 || nursery_used_bytes + size + 32 > sizeof nursery)
        return NULL;
    char *block = nursery + nursery_used_bytes + 16;
    ((size_t *)(void *)block)[-2] = size;
    nursery_used_bytes += (size + 31) & ~(size_t)15;
    return block;
}

static void *nursery_calloc(size_t count, size_t size) {
    return nursery_malloc(count * size);
}

static void *nursery_realloc(void *block, size_t size) {
    void *moved = nursery_malloc(size);
    if (moved && block)
        memcpy(moved, block, nursery_size(block) < size ? nursery_size(block) : size);
    return moved;
}

static void *nursery_aligned(size_t alignment, size_t size) {
    return alignment <= 16 ? nursery_malloc(size) : NULL;
}

static void nursery_free(void *block) {
    (void)block;
}

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*aligned)(size_t, size_t);
    void (*free)(void *);
    size_t (*usable_size)(void *);
    int (*trim)(size_t); /* NULL: it has none */
} next = {nursery_malloc, nursery_calloc, nursery_realloc, nursery_aligned, nursery_free, NULL, NULL};

/*
 * musl's calloc asks the interposed malloc for its memory and clears every byte, so that behind us it would
 * be counted twice, and slow: blocks from a certain size on are mappings of their own, which the kernel has
 * cleared. 0: the next malloc is not musl's.
 */
static size_t zeroed_from_bytes;

static void *object_of(const void *address) {
    Dl_info info;
    return dladdr(address, &info) ? info.dli_fbase : NULL;
}

/* The first of these that comes from the library that malloc comes from: a preloaded allocator may lack some.
 */
static void *find_aligned(const void *next_malloc) {
    static const char *const names[] = {"aligned_alloc", "memalign"};
    void *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        found = dlsym(RTLD_NEXT, names[i]);
        if (found && object_of(found) == object_of(next_malloc))
            return found;
    }
    return found;
}

#ifndef __GLIBC__
static size_t find_zeroed_from(void) {
    enum { MALLOCNG_MMAP_BYTES = 131052, OLD_MALLOC_MMAP_BYTES = 256 * 1024 };
    if (object_of((void *)next.malloc) != object_of(&environ))
        return 0;
    /* mallocng knows the size that was asked for, the allocator before it rounded up. */
    void *block = next.malloc(101);
    const bool is_mallocng = block && next.usable_size(block) == 101;
    next.free(block);
    return is_mallocng ? MALLOCNG_MMAP_BYTES : OLD_MALLOC_MMAP_BYTES;
}
#endif

/* No tail call to dlsym: it takes the caller's address to know what "next" means. */
static void find_next(void) {
    void *found_malloc = dlsym(RTLD_NEXT, "malloc");
    void *found_calloc = dlsym(RTLD_NEXT, "calloc");
    void *found_realloc = dlsym(RTLD_NEXT, "realloc");
    void *found_free = dlsym(RTLD_NEXT, "free");
    void *found_usable_size = dlsym(RTLD_NEXT, "malloc_usable_size");
    void *found_trim = dlsym(RTLD_NEXT, "malloc_trim");
    void *found_aligned = find_aligned(found_malloc);
    if (!found_malloc || !found_calloc || !found_realloc || !found_free || !found_aligned ||
        !found_usable_size)
        abort(); /* there is no libc */
    next.malloc = (void *(*)(size_t))found_malloc;
    next.calloc = (void *(*)(size_t, size_t))found_calloc;
    next.realloc = (void *(*)(void *, size_t))found_realloc;
    next.aligned = (void *(*)(size_t, size_t))found_aligned;
    next.free = (void (*)(void *))found_free;
    next.usable_size = (size_t(*)(void *))found_usable_size;
    next.trim = (int (*)(size_t))found_trim;
#ifndef __GLIBC__
    zeroed_from_bytes = find_zeroed_from();
#endif
}

static inline void *backend_malloc(size_t size) {
    return next.malloc(size);
}

static inline void *backend_calloc(size_t size) {
    if (!zeroed_from_bytes)
        return next.calloc(1, size);
    void *block = next.malloc(size);
    return block && size < zeroed_from_bytes ? memset(block, 0, size) : block;
}

static inline void *backend_realloc(void *block, size_t size) {
    if (unlikely(in_nursery(block))) {
        void *moved = next.malloc(size);
        if (moved)
            memcpy(moved, block, nursery_size(block) < size ? nursery_size(block) : size);
        return moved;
    }
    return next.realloc(block, size);
}

static inline void *backend_aligned(size_t alignment, size_t size) {
    return next.aligned(alignment, size);
}

static inline void backend_free(void *block) {
    if (unlikely(in_nursery(block)))
        return;
    next.free(block);
}

static inline size_t backend_usable_size(const void *block) {
    return unlikely(in_nursery(block)) ? nursery_size(block) : next.usable_size((void *)block);
}

static inline bool backend_trim(void) {
    return next.trim && next.trim(0);
}

#include "library/allocators/entry_points_template.h"

const struct mshim_allocator mshim_allocator_system = {
    .name = "system",
    .version = "-",
    .counted = &counted_entry_points,
    .plain = &plain_entry_points,
    .start = find_next,
};
