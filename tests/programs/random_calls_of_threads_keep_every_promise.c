/* SPDX-License-Identifier: MIT */
/* Each block is freed or resized by whichever thread comes to it next. */
#include "random_calls.h"

#include <pthread.h>

enum { THREADS = 4, ROUNDS = 20 };

static struct mshim_counters before, after;
static struct sequence sequences[THREADS];
static pthread_barrier_t barrier;
static long calls_each;

static void exchange(void) {
    for (size_t i = 0; i < BLOCKS; i += 2)
        for (size_t t = 1; t < THREADS; t++) {
            struct sequence *one = &sequences[t - 1], *other = &sequences[t];
            const struct block moved = one->blocks[i];
            if (moved.start)
                forget(one, &one->blocks[i]);
            if (other->blocks[i].start) {
                forget(other, &other->blocks[i]);
                one->live_bytes += other->blocks[i].usable;
                one->live_blocks++;
            }
            one->blocks[i] = other->blocks[i];
            other->blocks[i] = moved;
            if (moved.start) {
                other->live_bytes += moved.usable;
                other->live_blocks++;
            }
        }
}

/* The main thread looks while the others wait. */
static void *work(void *given) {
    struct sequence *sequence = given;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&barrier);
        for (long i = 0; i < calls_each; i++)
            one_call(sequence);
        pthread_barrier_wait(&barrier);
    }
    pthread_barrier_wait(&barrier);
    release_all(sequence);
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    find_functions();
    calls_each = calls_of_test() / THREADS / ROUNDS;
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS + 1) == 0);
    for (size_t i = 0; i < THREADS; i++) {
        sequences[i].random = seed_of_test + i;
        CHECK(pthread_create(&threads[i], NULL, work, &sequences[i]) == 0);
    }
    read_now(&before);
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        read_now(&after);
        check_counters(&before, &after, sequences, THREADS);
        exchange();
    }
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    read_now(&after);
    check_counters(&before, &after, sequences, THREADS);
    pthread_barrier_wait(&barrier);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}
