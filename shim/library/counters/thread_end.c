/* SPDX-License-Identifier: MIT */
#include "library/counters/thread_end.h"

#include <pthread.h>
#include <stdbool.h>

static pthread_key_t key;
static bool key_made;
static void (*release)(void);

static void at_thread_end(void *value) {
    (void)value;
    release();
}

void mshim_thread_end_start(void (*release_function)(void)) {
    release = release_function;
    key_made = pthread_key_create(&key, at_thread_end) == 0;
}

void mshim_thread_end_expected(void) {
    if (key_made)
        pthread_setspecific(key, &key);
}
