/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

static atomic_bool stop;

static void *brief(void *block) {
    free(block);
    for (size_t size = 1; size < 20000; size = size * 2 + 1)
        free(malloc(size));
    return malloc(300);
}

static void start_and_join(int many) {
    pthread_t threads[8];
    void *blocks[8];
    for (int i = 0; i < many; i++)
        CHECK(pthread_create(&threads[i], NULL, brief, malloc(50)) == 0);
    for (int i = 0; i < many; i++) {
        CHECK(pthread_join(threads[i], &blocks[i]) == 0 && blocks[i]);
        free(blocks[i]);
    }
}

static void *starter(void *unused) {
    while (!atomic_load(&stop))
        start_and_join(2);
    return unused;
}

/* The child starts threads of its own. */
int main(void) {
    alarm(100);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, starter, NULL) == 0);
    for (int round = 0; round < count_or(1500) / 10; round++) {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(20);
            start_and_join(8);
            _exit(9);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 9);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}
