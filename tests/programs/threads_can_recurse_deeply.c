/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>

static int recurse(int kib) {
    volatile char frame[1024];
    frame[0] = (char)kib;
    return kib == 0 ? 0 : recurse(kib - 1) + (frame[0] == (char)kib);
}

static void *deep(void *unused) {
    CHECK(recurse(6000) == 6000);
    return unused;
}

/* 6 MiB of stack: what glibc's threads have without saying so; Alpine's Python names 1 MiB. */
int main(void) {
    if (!is_preloaded())
        SKIP("not preloaded");
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, deep, NULL) == 0 && pthread_join(thread, NULL) == 0);
#ifndef __GLIBC__
    pthread_attr_t attributes;
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, 1 << 20) == 0);
    CHECK(pthread_create(&thread, &attributes, deep, NULL) == 0 && pthread_join(thread, NULL) == 0);
    size_t asked = 0;
    CHECK(pthread_attr_getstacksize(&attributes, &asked) == 0 &&
          asked == 1 << 20); /* the program's is left alone */
#endif
}
