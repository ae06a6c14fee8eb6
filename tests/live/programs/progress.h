/* SPDX-License-Identifier: MIT */
/* What victim.c writes down of itself before and after each call, in memory that outlives it. */
#ifndef MSHIM_TESTS_PROGRESS_H
#define MSHIM_TESTS_PROGRESS_H

#include <stdatomic.h>
#include <stdint.h>

enum { THREADS_MAX = 16 };

/* A call that is under way has begun and is not done. */
struct step {
    _Atomic(uint64_t) begun, done;
};

struct progress {
    struct {
        struct step mallocs, frees, callocs, reallocs;
    } threads[THREADS_MAX];
};

/* Thread t asks for sizes of a class of its own. */
static inline uint64_t size_of_thread(unsigned thread) {
    return 16 * (thread + 20);
}

#endif
