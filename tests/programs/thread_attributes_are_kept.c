/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>

static sem_t done;
static int detached;
static size_t guard_bytes, stack_bytes;

static void *look(void *argument) {
    pthread_attr_t own;
    CHECK(argument == &done && pthread_getattr_np(pthread_self(), &own) == 0);
    CHECK(pthread_attr_getdetachstate(&own, &detached) == 0);
    CHECK(pthread_attr_getguardsize(&own, &guard_bytes) == 0);
    CHECK(pthread_attr_getstacksize(&own, &stack_bytes) == 0);
    CHECK(sem_post(&done) == 0);
    return &guard_bytes;
}

/* Whoever makes the stack larger must keep all else that was asked for. */
int main(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    CHECK(sem_init(&done, 0, 0) == 0 && pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0);
    CHECK(pthread_attr_setguardsize(&attributes, 1 << 20) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, 256 << 10) == 0);
    CHECK(pthread_create(&thread, &attributes, look, &done) == 0 && sem_wait(&done) == 0);
    CHECK(detached == PTHREAD_CREATE_DETACHED && guard_bytes >= 1 << 20);

    void *result = NULL;
    CHECK(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_JOINABLE) == 0);
    CHECK(pthread_attr_setstacksize(&attributes, 32 << 20) == 0);
    CHECK(pthread_create(&thread, &attributes, look, &done) == 0 && pthread_join(thread, &result) == 0);
    CHECK(result == &guard_bytes && detached == PTHREAD_CREATE_JOINABLE && guard_bytes >= 1 << 20);
    CHECK(stack_bytes >= 31 << 20);
    CHECK(pthread_create(&thread, NULL, look, &done) == 0 && pthread_join(thread, &result) == 0);
    CHECK(result == &guard_bytes && detached == PTHREAD_CREATE_JOINABLE && guard_bytes > 0);
}
