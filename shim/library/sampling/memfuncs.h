/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_MEMFUNCS_H
#define MSHIM_LIBRARY_SAMPLING_MEMFUNCS_H

/*
 * Sampling of the memory functions (libc/string). They are too short for a countdown. But they are called
 * through pointers: while a thread watches its allocation calls for the next tick (sampler.h), the pointers
 * lead to watched versions of all functions, which look whether the tick has come within, and time the first
 * few calls. So there is an estimate for programs that allocate, and no cost for others.
 *
 * If allocation calls are rare and a watch is long, very many calls of memory functions might be watched.
 * After MSHIM_MEMFUNCS_FEW_CALLS of them the pointers are put back, and the tick goes unobserved.
 *
 * One state for all threads. Where two of them begin or end a watch at once, the pointers may be left the
 * wrong way; the next watched call puts them right.
 */

#include "library/sampling/cycles.h"
#include "library/sampling/tick.h"
#include "shared/base/attributes.h"

#define MSHIM_MEMFUNCS_FEW_CALLS (1 << 12)
#define MSHIM_MEMFUNCS_ANY_CALLS INT64_MAX

enum { MSHIM_MEMFUNCS_TIMED_CALLS = 2 }; /* of each function, per watch */

/* Makes all pointers lead to the watched versions, or to the plain ones. */
typedef void mshim_memfuncs_exchange_function(bool watched);

/* Once, at start. Without it there is no sampling. */
void mshim_memfuncs_sampling_start(mshim_memfuncs_exchange_function *exchange);

/* The cycle counter must not be read any more. */
void mshim_memfuncs_sampling_stop(void);

/* Watches at most so many calls. Within a watch: may allow it more, not fewer. */
void mshim_memfuncs_watch_begin(int64_t calls);
/* The tick has come. Nothing happens if it is the one that the watch began with. */
void mshim_memfuncs_watch_end(void);

extern MSHIM_HIDDEN struct mshim_memfuncs_watch {
    uint64_t tick;       /* the last one when the watch began */
    int64_t left;        /* calls */
    uint8_t to_time[32]; /* calls of each function still to be timed */
} mshim_memfuncs_watch;

/* For the watched versions: is this call of function number `row` to be timed? */
static inline bool mshim_memfuncs_is_timed(unsigned row) {
    uint8_t *left = &mshim_memfuncs_watch.to_time[row];
    const uint8_t count = __atomic_load_n(left, __ATOMIC_RELAXED);
    if (likely(count == 0))
        return false;
    __atomic_store_n(left, count - 1, __ATOMIC_RELAXED);
    return true;
}

/* After a call that was timed. */
void mshim_memfuncs_timed(unsigned row, uint64_t cycles);

/* A watch is over, or should not have been; `tick` was the last one when the call began. */
void mshim_memfuncs_ticked(uint64_t tick);

/* After a call that was not timed and began when `tick` was the last one. */
static inline void mshim_memfuncs_watched(uint64_t tick) {
    struct mshim_memfuncs_watch *watch = &mshim_memfuncs_watch;
    const int64_t left = __atomic_load_n(&watch->left, __ATOMIC_RELAXED) - 1;
    __atomic_store_n(&watch->left, left, __ATOMIC_RELAXED);
    if (unlikely(left < 0 || mshim_tick() != __atomic_load_n(&watch->tick, __ATOMIC_RELAXED)))
        mshim_memfuncs_ticked(tick);
}

#endif
