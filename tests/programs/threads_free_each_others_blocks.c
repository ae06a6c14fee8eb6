/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>

enum { SLOTS = 256, TURNS = 200000 };

static _Atomic(char *) slots[SLOTS];

static void *exchange(void *seed_in) {
    unsigned seed = (unsigned)(uintptr_t)seed_in;
    for (int i = 0; i < TURNS; i++) {
        const size_t size = 1 + (size_t)rand_r(&seed) % 2000;
        char *block = malloc(size);
        block[0] = block[size - 1] = 'b';
        char *other = atomic_exchange(&slots[rand_r(&seed) % SLOTS], block);
        if (other)
            CHECK(other[0] == 'b');
        free(other);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[4];
    for (uintptr_t i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, exchange, (void *)(i + 1)) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < SLOTS; i++)
        free(slots[i]);
}
