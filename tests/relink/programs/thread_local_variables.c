/* SPDX-License-Identifier: MIT */
/* Variables of each thread: with a first value, without, for all to see, and in several threads at once. */
#ifdef LIBRARY
/* As in a library of several files, where the compiler does not see them all. */
#define GENERAL __attribute__((tls_model("global-dynamic")))

GENERAL static __thread long counter = 100;
GENERAL static __thread char zeros[40];
__thread int exported = 7;

long *counter_place(void) {
    return &counter;
}

long count(long by) {
    counter += by;
    zeros[by & 31]++;
    return counter;
}

int zeros_at(int index) {
    return zeros[index];
}

int *exported_place(void) {
    return &exported;
}

int take_exported(int value) {
    const int before = exported;
    exported = value;
    return before;
}
#else
#include "check.h"
#include <pthread.h>

long *counter_place(void);
long count(long);
int zeros_at(int);
int *exported_place(void);
int take_exported(int);

static void *thread(void *argument) {
    const long by = (long)argument;
    check(*counter_place() == 100);
    check(zeros_at((int)by) == 0);
    for (long i = 1; i <= 1000; i++)
        check(count(by) == 100 + i * by);
    check(*counter_place() == 100 + 1000 * by);
    check(take_exported((int)by) == 7);
    check(*exported_place() == (int)by);
    return counter_place();
}

int main(void) {
    pthread_t threads[4];
    void *places[4];
    thread((void *)9);
    for (long i = 0; i < 4; i++)
        check(pthread_create(&threads[i], NULL, thread, (void *)(i + 1)) == 0);
    for (int i = 0; i < 4; i++)
        check(pthread_join(threads[i], &places[i]) == 0);
    check(*counter_place() == 100 + 9000);
    check(*exported_place() == 9);
    return 0;
}
#endif
