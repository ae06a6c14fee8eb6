/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

static atomic_bool stop;

static void *busy(void *unused) {
    unsigned seed = (unsigned)(uintptr_t)&seed;
    void *blocks[64] = {0};
    while (!atomic_load(&stop)) {
        const int i = rand_r(&seed) % 64;
        if (rand_r(&seed) % 3 == 0) {
            blocks[i] = realloc(blocks[i], 1 + (size_t)rand_r(&seed) % 3000);
        } else {
            free(blocks[i]);
            blocks[i] = malloc((size_t)rand_r(&seed) % 70000);
        }
    }
    for (int i = 0; i < 64; i++)
        free(blocks[i]);
    return unused;
}

static void child(void) {
    void *blocks[100];
    for (int i = 0; i < 100; i++)
        blocks[i] = malloc((size_t)i * 100);
    for (int i = 0; i < 100; i++)
        free(blocks[i]);
    _exit(9);
}

int main(void) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, busy, NULL) == 0);
    for (int round = 0; round < count_or(300); round++) {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0)
            child();
        int status = 0, waited = 0;
        while (waitpid(pid, &status, WNOHANG) == 0) {
            if (waited++ > 20000) {
                kill(pid, SIGKILL);
                fprintf(stderr, "the child of round %d hangs\n", round);
                _exit(1);
            }
            poll(NULL, 0, 1);
        }
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 9);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}
