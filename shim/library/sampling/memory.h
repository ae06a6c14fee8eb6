/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_MEMORY_H
#define MSHIM_LIBRARY_SAMPLING_MEMORY_H

/*
 * The time of the memory functions. They are too short to be asked anything: they have no countdown. But they
 * are called through pointers, and while a watch of allocation calls waits for a tick (sampling/sampler.h),
 * these lead to functions that look whether the tick has come within, and time the first few calls of each.
 * So the estimate is there for programs that allocate, and costs the others nothing.
 *
 * Where few allocation calls come and a watch is long, it may be that very many calls of memory functions are
 * watched; after MSHIM_MEMORY_FEW_CALLS they are left alone, and the next tick is not seen.
 *
 * All threads share this. Two that begin or end it at once may leave the pointers as they should not be;
 * whoever comes through them next puts that right.
 */

#include "library/sampling/cycles.h"
#include "library/sampling/tick.h"

#define MSHIM_MEMORY_FEW_CALLS (1 << 12)
#define MSHIM_MEMORY_ANY_CALLS INT64_MAX

enum { MSHIM_MEMORY_TIMED_CALLS = 2 }; /* of each function and watch */

/* Puts functions in front that look, or takes them away. */
typedef void mshim_memory_exchange_function(bool watched);

/* Without it nothing is watched. */
void mshim_memory_watch_start(mshim_memory_exchange_function *exchange);

/* A watch begins: of at most so many calls. */
void mshim_memory_watch(int64_t calls);
/* A tick has come. */
void mshim_memory_unwatch(void);
/* The cycle counter must not be read any more. */
void mshim_memory_stop(void);

extern struct mshim_memory_watch {
    uint64_t tick; /* the last one when it began */
    int64_t left;
    uint8_t to_time[32];
} mshim_memory_watching __attribute__((visibility("hidden")));

/* Is this call of function number `row` to be timed? */
static inline bool mshim_memory_is_timed(unsigned row) {
    uint8_t *left = &mshim_memory_watching.to_time[row];
    const uint8_t count = __atomic_load_n(left, __ATOMIC_RELAXED);
    if (__builtin_expect(count == 0, 1))
        return false;
    __atomic_store_n(left, count - 1, __ATOMIC_RELAXED);
    return true;
}

void mshim_memory_timed(unsigned row, uint64_t cycles);

void mshim_memory_ticked(uint64_t tick);

/* After a call that was not timed, with mshim_tick() of its beginning. */
static inline void mshim_memory_watched(uint64_t tick) {
    struct mshim_memory_watch *watch = &mshim_memory_watching;
    const int64_t left = __atomic_load_n(&watch->left, __ATOMIC_RELAXED) - 1;
    __atomic_store_n(&watch->left, left, __ATOMIC_RELAXED);
    if (__builtin_expect(left < 0 || mshim_tick() != __atomic_load_n(&watch->tick, __ATOMIC_RELAXED), 0))
        mshim_memory_ticked(tick);
}

#endif
