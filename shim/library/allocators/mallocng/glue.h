/* SPDX-License-Identifier: MIT */
/*
 * What musl's mallocng asks of the libc around it, for a second copy of it inside the shim. Stands in for the
 * glue.h beside its sources, whose include guard it takes.
 *
 * There is no brk: that belongs to the libc's own copy. The lock is a word of its own. glibc tells when the
 * process has one thread only and it need not be taken; musl does not tell, so that there it always is.
 */
#ifndef MALLOC_GLUE_H
#define MALLOC_GLUE_H

#include <elf.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

#define size_classes mshim_ng_size_classes
#define ctx          mshim_ng_context
#define alloc_meta   mshim_ng_alloc_meta
#define is_allzero   mshim_ng_is_allzero

#define malloc             mshim_ng_malloc
#define realloc            mshim_ng_realloc
#define free               mshim_ng_free
#define aligned_alloc      mshim_ng_aligned_alloc
#define malloc_usable_size mshim_ng_malloc_usable_size

void *mshim_ng_malloc(size_t);
void *mshim_ng_realloc(void *, size_t);
void mshim_ng_free(void *);
void *mshim_ng_aligned_alloc(size_t, size_t);
size_t mshim_ng_malloc_usable_size(void *);

#define USE_MADV_FREE         0
#define DISABLE_ALIGNED_ALLOC 0
#define MT                    mshim_ng_may_have_threads()
#define RDLOCK_IS_EXCLUSIVE   1
#define brk(address)          ((uintptr_t)-1)

#undef assert
#define assert(condition)                                                                                    \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            __builtin_trap();                                                                                \
    } while (0)

#ifndef PAGESIZE
#define get_page_size() ((size_t)getauxval(AT_PAGESZ))
#endif

static inline int a_ctz_32(uint32_t x) {
    return __builtin_ctz(x);
}

static inline int a_clz_32(uint32_t x) {
    return __builtin_clz(x);
}

static inline int a_cas(volatile int *p, int old, int new) {
    return __sync_val_compare_and_swap(p, old, new);
}

static inline int a_swap(volatile int *p, int value) {
    return __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST);
}

static inline void a_or(volatile int *p, int bits) {
    __atomic_fetch_or(p, bits, __ATOMIC_SEQ_CST);
}

static inline uint64_t get_random_secret(void) {
    uint64_t secret = (uintptr_t)&secret * 1103515245;
    const char *random = (const char *)getauxval(AT_RANDOM);
    if (random)
        memcpy(&secret, random + 8, sizeof secret);
    return secret ^ 0x6d7368696d; /* not that of the libc's copy */
}

extern char __libc_single_threaded __attribute__((weak));

static inline int mshim_ng_may_have_threads(void) {
    return !&__libc_single_threaded || !__libc_single_threaded;
}

extern int mshim_ng_lock[1];
void mshim_ng_lock_wait(void);
void mshim_ng_lock_wake(void);

#define LOCK_OBJ_DEF int mshim_ng_lock[1]

static inline void wrlock(void) {
    if (MT && __sync_val_compare_and_swap(mshim_ng_lock, 0, 1) != 0)
        mshim_ng_lock_wait();
}

static inline void rdlock(void) {
    wrlock();
}

static inline void upgradelock(void) {}

static inline void unlock(void) {
    if (mshim_ng_lock[0] && __atomic_exchange_n(mshim_ng_lock, 0, __ATOMIC_SEQ_CST) == 2)
        mshim_ng_lock_wake();
}

static inline void resetlock(void) {
    mshim_ng_lock[0] = 0;
}

#endif
