/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_LOCK_H
#define MSHIM_SHARED_BASE_LOCK_H

/*
 * A lock for a few instructions, in a library that may not call pthread_mutex_lock: it may be reached before
 * the libc is ready, and in a forked child it is simply reset. Zero-initialised is unlocked. Not recursive:
 * whoever may interrupt its holder (a signal handler) tries, and goes without.
 *
 * The wait first spins, then sleeps: a real-time thread that only yields would keep a holder of lower
 * priority from ever going on. It sleeps by futex(2), which every sandbox for a program with threads allows
 * and which is no cancellation point.
 */

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct mshim_lock {
    _Atomic(bool) held;
};

enum { MSHIM_SPINS_BEFORE_SLEEP = 100, MSHIM_LOCK_SLEEP_NS = 50000, MSHIM_BOUNDED_STEPS = 200 };

static inline void mshim_spin(void) {
#ifdef __x86_64__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("isb" ::: "memory");
#endif
}

/* One step of waiting for another thread, the number `*step`. Keeps errno. */
static inline void mshim_wait_step(unsigned *step) {
    if ((*step)++ < MSHIM_SPINS_BEFORE_SLEEP) {
        mshim_spin();
    } else {
        static int nobody_wakes;
        const struct timespec nap = {0, MSHIM_LOCK_SLEEP_NS};
        const int saved = errno;
        (void)syscall(SYS_futex, &nobody_wakes, FUTEX_WAIT_PRIVATE, 0, &nap, NULL, 0);
        errno = saved;
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

/* Gives up after some milliseconds: for who may have interrupted the holder. */
static inline bool mshim_lock_bounded(struct mshim_lock *lock) {
    for (unsigned step = 0; step < MSHIM_BOUNDED_STEPS;) {
        if (mshim_try_lock(lock))
            return true;
        mshim_wait_step(&step);
    }
    return false;
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
