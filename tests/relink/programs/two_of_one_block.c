/* SPDX-License-Identifier: MIT */
/* Two variables by one access of the library's block (local dynamic). */
#ifdef LIBRARY
static __thread volatile int first = 11;
static __thread volatile int second;

int sum(int add) {
    first += add;
    second += 2 * add;
    return first + second;
}
#else
#include "check.h"
#include <pthread.h>

int sum(int);

static void *thread(void *unused) {
    (void)unused;
    check(sum(1) == 14);
    check(sum(1) == 17);
    return NULL;
}

int main(void) {
    pthread_t other;
    thread(NULL);
    check(pthread_create(&other, NULL, thread, NULL) == 0);
    check(pthread_join(other, NULL) == 0);
    return 0;
}
#endif
