/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>

static void *started(void *unused) {
    CHECK(errno == 0);
    free(malloc(opaque(100)));
    free(malloc(opaque(10 << 20)));
    CHECK(errno == 0); /* no call that succeeds for the first time leaves something in it */
    return unused;
}

/* C: errno is zero at program start-up, and the initial value in other threads is zero by both libcs. */
int main(void) {
    CHECK(errno == 0);
    pthread_t thread;
    started(NULL);
    CHECK(pthread_create(&thread, NULL, started, NULL) == 0 && pthread_join(thread, NULL) == 0);
}
