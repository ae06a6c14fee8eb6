/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <mshim.h>
#include <pthread.h>
#include <semaphore.h>

static int (*read_counters)(struct mshim_counters *, size_t);
static sem_t gone;

static void *returns(void *unused) {
    free(malloc(10));
    return unused;
}

static void *exits(void *unused) {
    free(malloc(10));
    pthread_exit(unused);
}

static void *waits(void *unused) {
    free(malloc(10));
    for (;;)
        pause();
    return unused;
}

static void *detached(void *unused) {
    free(malloc(10));
    sem_post(&gone);
    return unused;
}

static void expect(const char *kind, unsigned long long threads) {
    struct mshim_counters now;
    for (int patience = 0; patience < 2000; patience++) { /* a detached thread ends when it likes */
        CHECK(read_counters(&now, sizeof now) == 0);
        if (now.threads_started == threads && now.threads_ended == threads)
            return;
        usleep(1000);
    }
    fprintf(stderr, "%s: %llu threads were started, counted %llu started and %llu ended\n", kind, threads,
            (unsigned long long)now.threads_started, (unsigned long long)now.threads_ended);
    _exit(1);
}

int main(void) {
    read_counters = (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    if (!read_counters)
        SKIP("not preloaded");
    pthread_t thread;
    expect("none", 0);
    CHECK(pthread_create(&thread, NULL, returns, NULL) == 0 && pthread_join(thread, NULL) == 0);
    expect("return", 1);
    CHECK(pthread_create(&thread, NULL, exits, NULL) == 0 && pthread_join(thread, NULL) == 0);
    expect("pthread_exit", 2);
    CHECK(pthread_create(&thread, NULL, waits, NULL) == 0 && pthread_cancel(thread) == 0 &&
          pthread_join(thread, NULL) == 0);
    expect("pthread_cancel", 3);
    CHECK(sem_init(&gone, 0, 0) == 0 && pthread_create(&thread, NULL, detached, NULL) == 0 &&
          pthread_detach(thread) == 0);
    sem_wait(&gone);
    expect("detached", 4);
}
