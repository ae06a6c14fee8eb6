/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <limits.h>
#include <pthread.h>

enum { THREADS = 40, ROUNDS = 4 };

static pthread_key_t key;
static char *left[THREADS][ROUNDS];
static int rounds[THREADS];

/* POSIX runs destructors again while they set values, PTHREAD_DESTRUCTOR_ITERATIONS (at least 4) times. */
static void destroy(void *number) {
    const int thread = (int)(uintptr_t)number - 1, round = rounds[thread]++;
    const size_t size = (size_t)1 << (round * 5 + 3);
    CHECK(round < ROUNDS && (left[thread][round] = malloc(size)) != NULL);
    memset(left[thread][round], thread, size);
    free(realloc(malloc(10), 100000));
    if (round + 1 < ROUNDS)
        CHECK(pthread_setspecific(key, number) == 0);
}

static void *run(void *number) {
    CHECK(pthread_setspecific(key, number) == 0); /* and no allocation before its end */
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    CHECK(pthread_key_create(&key, destroy) == 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, run, (void *)(i + 1)) == 0);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0 && rounds[i] == ROUNDS);
        for (int round = 0; round < ROUNDS; round++) {
            CHECK(left[i][round][7] == i);
            free(left[i][round]);
        }
    }
}
