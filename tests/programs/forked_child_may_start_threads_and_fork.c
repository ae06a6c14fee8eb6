/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

static atomic_bool stop;

static void *allocate(void *turns) {
    for (uintptr_t i = 0; !atomic_load(&stop) && (turns == NULL || i < (uintptr_t)turns); i++) {
        char *block = realloc(calloc(1, i % 3000 + 1), i % 70000 + 1);
        CHECK(block);
        free(block);
    }
    return NULL;
}

static void run_generation(int left) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&threads[i], NULL, allocate, (void *)200) == 0);
    if (left > 0) {
        int status = 0;
        const pid_t pid = fork(); /* its threads may be busy, too */
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(20);
            run_generation(left - 1);
            exit(left);
        }
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == left);
    }
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(void) {
    pthread_t busy[2];
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&busy[i], NULL, allocate, NULL) == 0);
    for (int round = 0; round < count_or(100) / 10 + 1; round++) {
        alarm(20); /* a hang is a failure */
        run_generation(3);
    }
    alarm(0);
    atomic_store(&stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(busy[i], NULL);
}
