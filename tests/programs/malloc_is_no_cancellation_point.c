/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_bool cancelled, came_through;

static void *allocate(void *unused) {
    while (!atomic_load(&cancelled))
        ;
    for (size_t size = 1; size <= 64 << 20; size *= 2) {
        char *block = realloc(malloc(size), size * 2), *other = calloc(1, size);
        CHECK(block && other);
        free(block);
        free(other);
    }
    atomic_store(&came_through, true);
    pthread_testcancel();
    return unused;
}

/* The thread has a cancellation pending from before its first allocation on. */
int main(void) {
    int (*trim)(size_t) = (int (*)(size_t))dlsym(RTLD_DEFAULT, "malloc_trim");
    for (int round = 0; round < 6; round++) {
        pthread_t thread;
        void *result = NULL;
        atomic_store(&cancelled, false);
        atomic_store(&came_through, false);
        CHECK(pthread_create(&thread, NULL, allocate, NULL) == 0 && pthread_cancel(thread) == 0);
        atomic_store(&cancelled, true);
        CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
        CHECK(atomic_load(&came_through));
        if (trim)
            trim(0); /* the next round gets its memory anew */
    }
}
