/* SPDX-License-Identifier: MIT */
#include "library/counters/thread_end.h"

#include "library/counters/records.h"

#include <pthread.h>

static pthread_key_t key;
static bool key_made;

static void release(void *value) {
    (void)value;
    mshim_record_release();
}

void mshim_thread_end_start(void) {
    key_made = pthread_key_create(&key, release) == 0;
}

void mshim_thread_end_expected(void) {
    if (key_made)
        pthread_setspecific(key, &key);
}
