/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>

/* Garbage collectors and CPython's stack checks believe these bounds. */
static void *check_bounds(void *least) {
    pthread_attr_t attributes;
    void *low = NULL;
    size_t bytes = 0;
    CHECK(pthread_getattr_np(pthread_self(), &attributes) == 0);
    CHECK(pthread_attr_getstack(&attributes, &low, &bytes) == 0 && pthread_attr_destroy(&attributes) == 0);
    const char *frame = __builtin_frame_address(0);
    CHECK(frame > (char *)low && frame < (char *)low + bytes);
    CHECK(bytes >= (uintptr_t)least);
    volatile char *deepest = (char *)low + 1; /* the whole of it is there */
    for (volatile char *at = (volatile char *)frame - 8192; at > deepest; at -= 4096)
        *at = 1;
    return NULL;
}

int main(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, check_bounds, (void *)(uintptr_t)(100 << 10)) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    for (uintptr_t bytes = 64 << 10; bytes <= 16 << 20; bytes *= 4) {
        pthread_attr_t attributes;
        CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, bytes) == 0);
        /* glibc takes its own data from the size asked for */
        CHECK(pthread_create(&thread, &attributes, check_bounds, (void *)(bytes / 8 * 7)) == 0);
        CHECK(pthread_join(thread, NULL) == 0 && pthread_attr_destroy(&attributes) == 0);
    }
}
