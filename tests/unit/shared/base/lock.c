/* SPDX-License-Identifier: MIT */
/* The lock and what is done once, alone and with several threads. */
#include "shared/base/lock.h"
#include "shared/base/once.h"

#include <criterion/criterion.h>
#include <pthread.h>

enum { THREADS = 4, ROUNDS = 20000 };

static struct mshim_lock lock;
static long counter;

Test(base_lock, is_free_at_first_and_held_by_one) {
    cr_assert(mshim_try_lock(&lock));
    cr_assert_not(mshim_try_lock(&lock));
    mshim_unlock(&lock);
    cr_assert(mshim_try_lock(&lock));
}

Test(base_lock, reset_frees_it) {
    mshim_lock(&lock);
    mshim_lock_reset(&lock);
    cr_assert(mshim_try_lock(&lock));
    mshim_unlock(&lock);
    mshim_lock_reset(&lock);
    cr_assert(mshim_try_lock(&lock));
}

static void in_threads(void *(*function)(void *), void *results[THREADS]) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, function, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], &results[i]);
}

static void *count(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        mshim_lock(&lock);
        counter++;
        mshim_unlock(&lock);
    }
    return NULL;
}

Test(base_lock, threads_exclude_each_other) {
    void *results[THREADS];
    in_threads(count, results);
    cr_assert_eq(counter, (long)THREADS * ROUNDS);
}

static void *wait_for_it(void *unused) {
    (void)unused;
    mshim_lock(&lock);
    const long seen = counter;
    mshim_unlock(&lock);
    return (void *)seen;
}

/* Longer than yielding lasts: the waiters sleep, and wake up again. */
Test(base_lock, a_holder_that_sleeps_is_waited_for) {
    pthread_t waiter;
    void *seen;
    mshim_lock(&lock);
    cr_assert_eq(pthread_create(&waiter, NULL, wait_for_it, NULL), 0);
    nanosleep(&(struct timespec){0, 20000000}, NULL);
    counter = 77;
    mshim_unlock(&lock);
    pthread_join(waiter, &seen);
    cr_assert_eq((long)seen, 77);
}

static struct mshim_once once;

static void *do_once(void *unused) {
    (void)unused;
    if (mshim_once_begin(&once)) {
        nanosleep(&(struct timespec){0, 5000000}, NULL);
        counter++;
        mshim_once_end(&once);
    }
    return (void *)counter; /* what came before the end is seen by all */
}

Test(base_once, one_thread_does_it_and_the_others_wait) {
    void *results[THREADS];
    in_threads(do_once, results);
    for (int i = 0; i < THREADS; i++)
        cr_assert_eq((long)results[i], 1);
    cr_assert_not(mshim_once_begin(&once));
}
