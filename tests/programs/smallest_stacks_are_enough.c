/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <limits.h>
#include <pthread.h>
#include <sys/mman.h>

static void *work(void *unused) {
    char *block = NULL;
    for (size_t size = 1; size < 1 << 20; size = size * 2 + 3) {
        block = realloc(block, size);
        CHECK(block);
        block[size - 1] = 1;
        free(calloc(3, size));
    }
    free(block);
    return unused;
}

/* The memory is the program's, so that its size is what the thread has, whatever floor there is. */
int main(void) {
    const size_t bytes = PTHREAD_STACK_MIN > 16384 ? PTHREAD_STACK_MIN : 16384;
    for (int i = 0; i < 10; i++) {
        void *stack = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(stack != MAP_FAILED);
        pthread_attr_t attributes;
        pthread_t thread;
        CHECK(pthread_attr_init(&attributes) == 0);
        CHECK(pthread_attr_setstack(&attributes, stack, bytes) == 0);
        CHECK(pthread_create(&thread, &attributes, work, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        munmap(stack, bytes);
    }
}
