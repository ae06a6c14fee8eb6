/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_ONCE_H
#define MSHIM_SHARED_BASE_ONCE_H

/* What is done once, by whoever comes first; others wait. For where pthread_once may not be called yet. */

#include "shared/base/lock.h"

struct mshim_once {
    _Atomic(int) state; /* 0 not begun, 1 begun, 2 done */
};

/* True: it is for the caller to do, and to end. */
static inline bool mshim_once_begin(struct mshim_once *once) {
    int not_begun = 0;
    if (atomic_compare_exchange_strong(&once->state, &not_begun, 1))
        return true;
    for (unsigned step = 0; atomic_load(&once->state) != 2;)
        mshim_wait_step(&step);
    return false;
}

static inline void mshim_once_end(struct mshim_once *once) {
    atomic_store(&once->state, 2);
}

#endif
