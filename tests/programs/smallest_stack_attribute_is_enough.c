/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <limits.h>
#include <malloc.h>
#include <pthread.h>

static void *work(void *unused) {
    char *block = NULL;
    for (size_t size = 1; size <= 1 << 20; size *= 2) {
        block = realloc(block, size);
        CHECK(block);
        block[size - 1] = 1;
        free(calloc(3, size));
        free(aligned_alloc(4096, size));
        CHECK(malloc_usable_size(block) >= size);
    }
    free(block);
    return unused;
}

/* As the program of a careful author would: the constant, or what sysconf says, and the libc adds what it
 * needs. */
int main(void) {
    const long dynamic = sysconf(_SC_THREAD_STACK_MIN);
    size_t bytes = (size_t)PTHREAD_STACK_MIN;
    if (dynamic > 0 && (size_t)dynamic > bytes)
        bytes = (size_t)dynamic;
    if (!is_preloaded() && bytes < 16384)
        bytes = 16384; /* bare musl's 2 KiB are not enough for its own realloc */
    pthread_attr_t attributes;
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, bytes) == 0);
    for (int round = 0; round < 10; round++) {
        pthread_t threads[8];
        for (int i = 0; i < 8; i++)
            CHECK(pthread_create(&threads[i], &attributes, work, NULL) == 0);
        for (int i = 0; i < 8; i++)
            CHECK(pthread_join(threads[i], NULL) == 0);
    }
}
