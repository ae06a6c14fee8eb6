/* SPDX-License-Identifier: MIT */
/*
 * The malloc family as the program sees it: checks of arguments as C and POSIX want them, then one jump to
 * the selected allocator.
 */
#include "library/allocators/dispatch.h"
#include "library/process/select.h"
#include "library/python/python.h"

#include <errno.h>
#include <unistd.h>

/* Before the start: the first call of any of these starts the library and goes on with what it chose. */

static void *first_malloc(size_t size) {
    mshim_start();
    return mshim_active.malloc(size);
}

static void *first_calloc(size_t size) {
    mshim_start();
    return mshim_active.calloc(size);
}

static void *first_realloc(void *block, size_t size) {
    mshim_start();
    return mshim_active.realloc(block, size);
}

static void first_free(void *block) {
    mshim_start();
    mshim_active.free(block);
}

static void *first_realloc_for(enum mshim_function function, void *block, size_t size) {
    mshim_start();
    return mshim_active.realloc_for(function, block, size);
}

static void *first_aligned(enum mshim_function function, size_t alignment, size_t size) {
    mshim_start();
    return mshim_active.aligned(function, alignment, size);
}

static void first_free_for(enum mshim_function function, void *block) {
    mshim_start();
    mshim_active.free_for(function, block);
}

static size_t first_usable_size(void *block) {
    mshim_start();
    return mshim_active.usable_size(block);
}

static void first_refused(enum mshim_function function, size_t size) {
    mshim_start();
    mshim_active.refused(function, size);
}

static bool first_trim(void) {
    mshim_start();
    return mshim_active.trim();
}

struct mshim_entry_points mshim_active = {
    .malloc = first_malloc,
    .calloc = first_calloc,
    .realloc = first_realloc,
    .free = first_free,
    .realloc_for = first_realloc_for,
    .aligned = first_aligned,
    .free_for = first_free_for,
    .usable_size = first_usable_size,
    .refused = first_refused,
    .trim = first_trim,
};

static void *refuse(enum mshim_function function, size_t size, int error) {
    mshim_active.refused(function, size);
    errno = error;
    return NULL;
}

static bool is_power_of_two(size_t n) {
    return n != 0 && (n & (n - 1)) == 0;
}

MSHIM_EXPORT void *malloc(size_t size) {
    return mshim_active.malloc(size);
}

MSHIM_EXPORT void free(void *block) {
    mshim_active.free(block);
}

MSHIM_EXPORT void *calloc(size_t count, size_t size) {
    size_t product;
    if (unlikely(__builtin_mul_overflow(count, size, &product)))
        return refuse(MSHIM_FUNCTION_calloc, SIZE_MAX, ENOMEM);
    return mshim_active.calloc(product);
}

MSHIM_EXPORT void *realloc(void *block, size_t size) {
    return mshim_active.realloc(block, size);
}

MSHIM_EXPORT void *reallocarray(void *block, size_t count, size_t size) {
    size_t product;
    if (unlikely(__builtin_mul_overflow(count, size, &product)))
        return refuse(MSHIM_FUNCTION_reallocarray, SIZE_MAX, ENOMEM);
    return mshim_active.realloc_for(MSHIM_FUNCTION_reallocarray, block, product);
}

MSHIM_EXPORT void *aligned_alloc(size_t alignment, size_t size) {
    if (!is_power_of_two(alignment))
        return refuse(MSHIM_FUNCTION_aligned_alloc, size, EINVAL);
    return mshim_active.aligned(MSHIM_FUNCTION_aligned_alloc, alignment, size);
}

MSHIM_EXPORT int posix_memalign(void **out, size_t alignment, size_t size) {
    if (!is_power_of_two(alignment) || alignment % sizeof(void *) != 0) {
        mshim_active.refused(MSHIM_FUNCTION_posix_memalign, size);
        return EINVAL;
    }
    const int saved = errno; /* the result says it, errno does not */
    void *block = mshim_active.aligned(MSHIM_FUNCTION_posix_memalign, alignment, size);
    errno = saved;
    if (!block)
        return ENOMEM;
    *out = block;
    return 0;
}

MSHIM_EXPORT void *memalign(size_t alignment, size_t size) {
#ifdef __GLIBC__
    /* This libc takes the next power of two. */
    if (!is_power_of_two(alignment)) {
        if (alignment > SIZE_MAX / 2 + 1)
            return refuse(MSHIM_FUNCTION_memalign, size, EINVAL);
        alignment = alignment < 2 ? 1 : (size_t)1 << (64 - __builtin_clzll(alignment - 1));
    }
#else
    if (!is_power_of_two(alignment))
        return refuse(MSHIM_FUNCTION_memalign, size, EINVAL);
#endif
    return mshim_active.aligned(MSHIM_FUNCTION_memalign, alignment, size);
}

static size_t page_bytes(void) {
    return (size_t)sysconf(_SC_PAGESIZE);
}

MSHIM_EXPORT void *valloc(size_t size) {
    return mshim_active.aligned(MSHIM_FUNCTION_valloc, page_bytes(), size);
}

MSHIM_EXPORT void *pvalloc(size_t size) {
    const size_t page = page_bytes();
    if (size > SIZE_MAX - page)
        return refuse(MSHIM_FUNCTION_pvalloc, size, ENOMEM);
    return mshim_active.aligned(MSHIM_FUNCTION_pvalloc, page, size); /* rounded up there */
}

MSHIM_EXPORT void free_sized(void *block, size_t size) {
    (void)size;
    mshim_active.free_for(MSHIM_FUNCTION_free_sized, block);
}

MSHIM_EXPORT void free_aligned_sized(void *block, size_t alignment, size_t size) {
    (void)alignment, (void)size;
    mshim_active.free_for(MSHIM_FUNCTION_free_aligned_sized, block);
}

MSHIM_EXPORT size_t malloc_usable_size(void *block) {
    return mshim_active.usable_size(block);
}

MSHIM_EXPORT int malloc_trim(size_t pad) {
    (void)pad;
    const bool python_gave = mshim_python_trim() > 0;
    return mshim_active.trim() || python_gave;
}
