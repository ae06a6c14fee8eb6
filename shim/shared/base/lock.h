/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_LOCK_H
#define MSHIM_SHARED_BASE_LOCK_H

/*
 * A lock for a few instructions, in a library that may not call pthread_mutex_lock: it may be reached before
 * the libc is ready, and in a forked child it is simply reset. Zero-initialised is unlocked. Not recursive:
 * whoever may interrupt its holder (a signal handler) tries, and goes without.
 *
 * The wait first yields the processor, then sleeps: a real-time thread that only yields would keep a holder
 * of lower priority from ever going on.
 */

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct mshim_lock {
    _Atomic(bool) held;
};

enum { MSHIM_YIELDS_BEFORE_SLEEP = 64, MSHIM_LOCK_SLEEP_NS = 50000 };

/* One step of waiting for another thread, the number `*step`. By a bare system call: nanosleep(2) of the libc
 * is a cancellation point. */
static inline void mshim_wait_step(unsigned *step) {
    if ((*step)++ < MSHIM_YIELDS_BEFORE_SLEEP) {
        sched_yield();
    } else {
        const struct timespec nap = {0, MSHIM_LOCK_SLEEP_NS};
        (void)syscall(SYS_nanosleep, &nap, NULL);
    }
}

static inline bool mshim_try_lock(struct mshim_lock *lock) {
    return !atomic_load_explicit(&lock->held, memory_order_relaxed) &&
           !atomic_exchange_explicit(&lock->held, true, memory_order_acquire);
}

static inline void mshim_lock(struct mshim_lock *lock) {
    unsigned step = 0;
    while (!mshim_try_lock(lock))
        mshim_wait_step(&step);
}

static inline void mshim_unlock(struct mshim_lock *lock) {
    atomic_store_explicit(&lock->held, false, memory_order_release);
}

/* In a forked child, whose holder may be a thread that is not there. Writes only where it must: a page that is written is
 * copied. */
static inline void mshim_lock_reset(struct mshim_lock *lock) {
    if (atomic_load_explicit(&lock->held, memory_order_relaxed))
        mshim_unlock(lock);
}

#endif
