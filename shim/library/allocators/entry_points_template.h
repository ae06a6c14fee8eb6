/* SPDX-License-Identifier: MIT */
/*
 * Template: makes the entry points of an allocator, counted and plain, of its backend_ functions (see
 * allocators/allocator.h for these). Included once by the allocator's file. Defines `counted_entry_points`
 * and `plain_entry_points`.
 */
#include "library/allocators/allocator.h"
#include "library/counters/records.h"
#include "library/hardening/free_mark.h"
#include "library/large_blocks/large_blocks.h"
#include "library/sampling/sampler.h"

#include <errno.h>
#include <string.h>
#undef errno /* an allocator's errno is its own, the program's is set here */
#define program_errno (*__errno_location())

#ifndef BACKEND_LARGE_BLOCKS
#define BACKEND_LARGE_BLOCKS 0
#endif

/*
 * Where it is 1, frees are checked, and no block is smaller than MSHIM_MARKED_MIN_BYTES.
 * - bool backend_is_block(const void *block): may a block in use begin there?
 * - bool backend_owns(const void *block): may the memory there be read, and does it begin where a block could?
 */
#ifndef BACKEND_HARDENED
#define BACKEND_HARDENED 0
static inline bool backend_is_block(const void *block) {
    return block;
}
static inline bool backend_owns(const void *block) {
    return block;
}
#endif

#define ENTRY static MSHIM_ALWAYS_INLINE

/* What is asked of the backend for so many bytes. */
ENTRY size_t backend_size(size_t size) {
    return BACKEND_HARDENED && size < MSHIM_MARKED_MIN_BYTES ? MSHIM_MARKED_MIN_BYTES : size;
}

/* The mark of a free block that this one was. */
ENTRY void *without_mark(void *block) {
    if (BACKEND_HARDENED && likely(block))
        mshim_unmark(block);
    return block;
}

/* Large blocks of the shim's own stand in front of the allocator, if it wants them. */

ENTRY bool is_large_size(size_t size) {
    return BACKEND_LARGE_BLOCKS && unlikely(size >= MSHIM_LARGE_BLOCK_BYTES);
}

ENTRY bool is_large_block(const void *block) {
    return BACKEND_LARGE_BLOCKS && mshim_large_is_mine(block);
}

ENTRY void *block_malloc(size_t size) {
    void *block = is_large_size(size) ? mshim_large_malloc(size) : NULL;
    return block ? block : without_mark(backend_malloc(backend_size(size)));
}

ENTRY void *block_calloc(size_t size) {
    void *block = is_large_size(size) ? mshim_large_calloc(size) : NULL;
    return block ? block : backend_calloc(backend_size(size));
}

ENTRY void *block_aligned(size_t alignment, size_t size) {
    void *block =
        is_large_size(size) && alignment <= MSHIM_LARGE_BLOCK_ALIGNMENT ? mshim_large_malloc(size) : NULL;
    return block ? block : without_mark(backend_aligned(alignment, backend_size(size)));
}

ENTRY size_t block_usable_size(const void *block) {
    return is_large_block(block) ? mshim_large_usable_bytes(block) : backend_usable_size(block);
}

/* Of the backend's own, NULL included. */
ENTRY void free_small(void *block) {
    if (BACKEND_HARDENED && likely(block) && mshim_free_mark_secret != 0)
        mshim_mark_free(block);
    backend_free(block);
}

ENTRY void block_free(void *block) {
    if (is_large_block(block)) {
        mshim_large_free(block);
        return;
    }
    free_small(block);
}

/* The page that a block was on may be gone as well, or its mapping kept for another large one. */
static MSHIM_COLD _Noreturn void end_for_free(void *block) {
    const bool was_block = (BACKEND_LARGE_BLOCKS && mshim_large_was_mine(block)) ||
                           (backend_owns(block) && mshim_is_marked_free(block));
    mshim_fatal_free(was_block ? "double free" : "invalid free", block,
                     was_block && backend_is_block(block) ? backend_usable_size(block) : 0);
}

/* Before anything is asked about a block that the program frees or resizes: ends the program if it is none. */
ENTRY void check_block(void *block) {
    if (!BACKEND_HARDENED || unlikely(!block) || mshim_free_mark_secret == 0 || is_large_block(block))
        return;
    if (unlikely(!backend_is_block(block) || mshim_is_marked_free(block)) ||
        (BACKEND_LARGE_BLOCKS && mshim_large_was_mine(block)))
        end_for_free(block);
}

/* Where one of old and new is a large block; `*by_pages`: nothing was copied. */
static MSHIM_NOINLINE void *large_realloc(void *block, size_t size, bool *by_pages) {
    if (!block)
        return block_malloc(size);
    if (is_large_block(block) && size >= MSHIM_LARGE_BLOCK_BYTES) {
        void *resized = mshim_large_realloc(block, size);
        if ((*by_pages = resized != NULL))
            return resized;
    }
    const size_t usable_bytes = block_usable_size(block);
    void *moved = is_large_size(size) ? mshim_large_malloc_growing(size) : NULL;
    if (!moved)
        moved = block_malloc(size);
    if (moved) {
        memcpy(moved, block, usable_bytes < size ? usable_bytes : size);
        block_free(block);
    }
    return moved;
}

ENTRY void *block_realloc(void *block, size_t size, bool *by_pages) {
    if (BACKEND_HARDENED && unlikely(!block))
        return block_malloc(size);
    return is_large_size(size) || is_large_block(block) ? large_realloc(block, size, by_pages)
                                                        : backend_realloc(block, backend_size(size));
}

static MSHIM_COLD void *out_of_memory(void) {
    program_errno = ENOMEM;
    return NULL;
}

/* (The size is not passed on where it is not counted: keeping it over the allocator's call would cost.) */
ENTRY void *failed(enum mshim_function function, size_t size, const bool counted) {
    if (counted)
        mshim_count_failure(function, size);
    return out_of_memory();
}

ENTRY void *entry_malloc(size_t size, const bool counted) {
    void *block = block_malloc(size);
    if (unlikely(!block))
        return failed(MSHIM_FUNCTION_malloc, size, counted);
    if (counted)
        mshim_count_malloc(size, block_usable_size(block));
    return block;
}

ENTRY void *entry_calloc(size_t size, const bool counted) {
    void *block = block_calloc(size);
    if (unlikely(!block))
        return failed(MSHIM_FUNCTION_calloc, size, counted);
    if (counted)
        mshim_count_allocation(MSHIM_FUNCTION_calloc, size, block_usable_size(block));
    return block;
}

ENTRY void *entry_aligned(enum mshim_function function, size_t alignment, size_t size, const bool counted) {
    const bool whole = function == MSHIM_FUNCTION_pvalloc; /* the size is counted as it was asked for */
    void *block = block_aligned(alignment, whole ? (size + alignment - 1) & ~(alignment - 1) : size);
    if (unlikely(!block))
        return failed(function, size, counted);
    if (counted)
        mshim_count_allocation(function, size, block_usable_size(block));
    return block;
}

ENTRY void *entry_realloc(enum mshim_function function, void *block, size_t size, const bool counted) {
    struct mshim_realloc call = {.function = function, .size_bytes = size, .old_block = block};
    if (counted && block)
        call.old_usable_bytes = block_usable_size(block);
    void *new_block = NULL;
#ifdef __GLIBC__
    if (block && size == 0) /* as this libc does it */
        block_free(block);
    else
#endif
        if (!(new_block = block_realloc(block, size, &call.by_pages)))
        return failed(function, size, counted);
    if (counted) {
        call.new_block = new_block;
        call.new_usable_bytes = new_block ? block_usable_size(new_block) : 0;
        mshim_count_realloc(&call);
    }
    return new_block;
}

ENTRY size_t entry_usable(void *block, const bool counted) {
    return counted && likely(block) ? block_usable_size(block) : 0;
}

ENTRY void entry_free(void *block, size_t usable_bytes, const bool counted) {
    if (counted && unlikely(!block)) {
        mshim_count_release(MSHIM_FUNCTION_free, 0, true);
        return;
    }
    if (counted)
        mshim_count_free(usable_bytes);
    if (counted && usable_bytes < MSHIM_LARGE_BLOCK_BYTES)
        free_small(block); /* no large block */
    else
        block_free(block);
}

ENTRY void entry_free_for(enum mshim_function function, void *block, size_t usable_bytes,
                          const bool counted) {
    if (counted)
        mshim_count_release(function, usable_bytes, !block);
    block_free(block);
}

/*
 * Counted calls that are looked at (sampling/sampler.h): timed ones are out of the way, watched ones as near
 * to the others as can be.
 */
#define STREAM                            (&mshim_sampling_thread)
#define DUE(bytes)                        mshim_sampling_is_due(STREAM, bytes)
#define TIMED(function, bytes, statement) MSHIM_TIMED(function, STREAM, bytes, statement)
#define IS_WATCHED(bytes)                 mshim_sampling_is_watched(STREAM, bytes)
#define ASIDE                             static MSHIM_NOINLINE

static MSHIM_COLD void *timed_malloc(size_t size) {
    void *block;
    TIMED(MSHIM_FUNCTION_malloc, size, block = entry_malloc(size, true));
    return block;
}

ASIDE void *watched_malloc(size_t size) {
    const uint64_t tick = mshim_tick();
    if (!IS_WATCHED(size))
        return timed_malloc(size);
    void *block = entry_malloc(size, true);
    mshim_sampling_watched(STREAM, size, tick);
    return block;
}

static MSHIM_COLD void *timed_calloc(size_t size) {
    void *block;
    TIMED(MSHIM_FUNCTION_calloc, size, block = entry_calloc(size, true));
    return block;
}

ASIDE void *watched_calloc(size_t size) {
    const uint64_t tick = mshim_tick();
    if (!IS_WATCHED(size))
        return timed_calloc(size);
    void *block = entry_calloc(size, true);
    mshim_sampling_watched(STREAM, size, tick);
    return block;
}

static MSHIM_COLD void *timed_realloc(enum mshim_function function, void *block, size_t size) {
    void *new_block;
    TIMED(function, size, new_block = entry_realloc(function, block, size, true));
    return new_block;
}

ASIDE void *watched_realloc(enum mshim_function function, void *block, size_t size) {
    const uint64_t tick = mshim_tick();
    if (!IS_WATCHED(size))
        return timed_realloc(function, block, size);
    void *new_block = entry_realloc(function, block, size, true);
    mshim_sampling_watched(STREAM, size, tick);
    return new_block;
}

ASIDE void *watched_aligned(enum mshim_function function, size_t alignment, size_t size) {
    const uint64_t tick = mshim_tick();
    void *block;
    if (IS_WATCHED(size)) {
        block = entry_aligned(function, alignment, size, true);
        mshim_sampling_watched(STREAM, size, tick);
    } else {
        TIMED(function, size, block = entry_aligned(function, alignment, size, true));
    }
    return block;
}

static MSHIM_COLD void timed_free(void *block, size_t usable_bytes) {
    TIMED(MSHIM_FUNCTION_free, usable_bytes, entry_free(block, usable_bytes, true));
}

/* (The block's size, which costs something, is asked for within the call.) */
ASIDE void watched_free(void *block) {
    const uint64_t tick = mshim_tick();
    const size_t usable_bytes = entry_usable(block, true);
    if (!IS_WATCHED(usable_bytes)) {
        timed_free(block, usable_bytes);
        return;
    }
    entry_free(block, usable_bytes, true);
    mshim_sampling_watched(STREAM, usable_bytes, tick);
}

ASIDE void watched_free_for(enum mshim_function function, void *block, size_t usable_bytes) {
    const uint64_t tick = mshim_tick();
    if (IS_WATCHED(usable_bytes)) {
        entry_free_for(function, block, usable_bytes, true);
        mshim_sampling_watched(STREAM, usable_bytes, tick);
    } else {
        TIMED(function, usable_bytes, entry_free_for(function, block, usable_bytes, true));
    }
}

static size_t entry_usable_size(void *block) {
    return block ? block_usable_size(block) : 0;
}

static size_t counted_usable_size(void *block) {
    mshim_count_call(MSHIM_FUNCTION_malloc_usable_size);
    return entry_usable_size(block);
}

static void plain_refused(enum mshim_function function, size_t size) {
    (void)function, (void)size;
}

/* The calls themselves. */

ENTRY void *call_malloc(size_t size, const bool counted) {
    return counted && DUE(size) ? watched_malloc(size) : entry_malloc(size, counted);
}

ENTRY void *call_calloc(size_t size, const bool counted) {
    return counted && DUE(size) ? watched_calloc(size) : entry_calloc(size, counted);
}

ENTRY void *call_realloc(enum mshim_function function, void *block, size_t size, const bool counted) {
    check_block(block);
    return counted && DUE(size) ? watched_realloc(function, block, size)
                                : entry_realloc(function, block, size, counted);
}

ENTRY void *call_aligned(enum mshim_function function, size_t alignment, size_t size, const bool counted) {
    return counted && DUE(size) ? watched_aligned(function, alignment, size)
                                : entry_aligned(function, alignment, size, counted);
}

ENTRY void call_free(void *block, const bool counted) {
    check_block(block);
    if (counted && DUE(0)) {
        watched_free(block);
        return;
    }
    const size_t usable_bytes = entry_usable(block, counted);
    if (counted && unlikely(usable_bytes >= MSHIM_SAMPLING_LARGE_BYTES))
        watched_free(block);
    else
        entry_free(block, usable_bytes, counted);
}

ENTRY void call_free_for(enum mshim_function function, void *block, const bool counted) {
    check_block(block);
    const size_t usable_bytes = entry_usable(block, counted);
    if (counted && DUE(usable_bytes))
        watched_free_for(function, block, usable_bytes);
    else
        entry_free_for(function, block, usable_bytes, counted);
}

ENTRY bool call_trim(const bool counted) {
    if (counted)
        mshim_count_call(MSHIM_FUNCTION_malloc_trim);
    const bool large = BACKEND_LARGE_BLOCKS && mshim_large_trim();
    return backend_trim() || large;
}

#define ENTRY_POINTS(mode, counted, free_function, usable, refuse)                                           \
    static void *mode##_malloc(size_t size) {                                                                \
        return call_malloc(size, counted);                                                                   \
    }                                                                                                        \
    static void *mode##_calloc(size_t size) {                                                                \
        return call_calloc(size, counted);                                                                   \
    }                                                                                                        \
    static void *mode##_realloc(void *block, size_t size) {                                                  \
        return call_realloc(MSHIM_FUNCTION_realloc, block, size, counted);                                   \
    }                                                                                                        \
    static inline void mode##_free(void *block) {                                                            \
        call_free(block, counted);                                                                           \
    }                                                                                                        \
    static void *mode##_realloc_for(enum mshim_function function, void *block, size_t size) {                \
        return call_realloc(function, block, size, counted);                                                 \
    }                                                                                                        \
    static void *mode##_aligned(enum mshim_function function, size_t alignment, size_t size) {               \
        return call_aligned(function, alignment, size, counted);                                             \
    }                                                                                                        \
    static void mode##_free_for(enum mshim_function function, void *block) {                                 \
        call_free_for(function, block, counted);                                                             \
    }                                                                                                        \
    static bool mode##_trim(void) {                                                                          \
        return call_trim(counted);                                                                           \
    }                                                                                                        \
    static const struct mshim_entry_points mode##_entry_points = {                                           \
        .malloc = mode##_malloc,                                                                             \
        .calloc = mode##_calloc,                                                                             \
        .realloc = mode##_realloc,                                                                           \
        .free = free_function,                                                                               \
        .realloc_for = mode##_realloc_for,                                                                   \
        .aligned = mode##_aligned,                                                                           \
        .free_for = mode##_free_for,                                                                         \
        .usable_size = usable,                                                                               \
        .refused = refuse,                                                                                   \
        .trim = mode##_trim,                                                                                 \
    };

ENTRY_POINTS(counted, true, counted_free, counted_usable_size, mshim_count_failure)
#ifdef BACKEND_FREE_FUNCTION
ENTRY_POINTS(plain, false, BACKEND_FREE_FUNCTION, entry_usable_size, plain_refused)
#else
ENTRY_POINTS(plain, false, plain_free, entry_usable_size, plain_refused)
#endif
