/* SPDX-License-Identifier: MIT */
/*
 * musl's mallocng, a second copy beside the libc's own (or the only one, on glibc). Its sources are compiled
 * by CMake from musl's source folder with mallocng/glue.h.
 */
#include "library/allocators/allocator.h"
#include "shared/allocators/versions.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void *mshim_ng_malloc(size_t);
void *mshim_ng_realloc(void *, size_t);
void mshim_ng_free(void *);
void *mshim_ng_aligned_alloc(size_t, size_t);
size_t mshim_ng_malloc_usable_size(void *);
int mshim_ng_is_allzero(void *);

extern int mshim_ng_lock[1]; /* 0 free, 1 taken, 2 taken and waited for */

/* The slow path of the lock: says that somebody waits, and waits. */
void mshim_ng_lock_wait(void);
void mshim_ng_lock_wait(void) {
    while (__atomic_exchange_n(mshim_ng_lock, 2, __ATOMIC_SEQ_CST) != 0)
        syscall(SYS_futex, mshim_ng_lock, FUTEX_WAIT_PRIVATE, 2, NULL);
}

void mshim_ng_lock_wake(void);
void mshim_ng_lock_wake(void) {
    syscall(SYS_futex, mshim_ng_lock, FUTEX_WAKE_PRIVATE, 1);
}

static inline void *backend_malloc(size_t size) {
    return mshim_ng_malloc(size);
}

static inline void *backend_calloc(size_t size) {
    void *block = mshim_ng_malloc(size);
    if (block && !mshim_ng_is_allzero(block))
        memset(block, 0, size);
    return block;
}

static inline void *backend_realloc(void *block, size_t size) {
    return mshim_ng_realloc(block, size);
}

static inline void *backend_aligned(size_t alignment, size_t size) {
    return mshim_ng_aligned_alloc(alignment, size);
}

static inline void backend_free(void *block) {
    mshim_ng_free(block);
}

static inline size_t backend_usable_size(const void *block) {
    return mshim_ng_malloc_usable_size((void *)block);
}

static inline bool backend_trim(void) {
    return false; /* retains next to nothing and offers no way to ask */
}

#define BACKEND_FREE_FUNCTION mshim_ng_free
#include "library/allocators/entry_points_template.h"

static void fork_before(void) {
    if (__sync_val_compare_and_swap(mshim_ng_lock, 0, 1) != 0)
        mshim_ng_lock_wait();
}

static void fork_parent(void) {
    if (__atomic_exchange_n(mshim_ng_lock, 0, __ATOMIC_SEQ_CST) == 2)
        mshim_ng_lock_wake();
}

static void fork_child(void) {
    mshim_ng_lock[0] = 0;
}

const struct mshim_allocator mshim_allocator_mallocng = {
    .name = "mallocng",
    .version = MSHIM_VERSION_MALLOCNG,
    .counted = &counted_entry_points,
    .plain = &plain_entry_points,
    .mappings_are_counted = true,
    .fork_before = fork_before,
    .fork_parent = fork_parent,
    .fork_child = fork_child,
};
