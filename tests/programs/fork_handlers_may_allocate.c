/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

static atomic_bool stop;
static void *kept;
static int before, in_parent;

static void *busy(void *unused) {
    for (size_t size = 1; !atomic_load(&stop); size = size * 7 % 70001 + 1)
        free(realloc(malloc(size), size * 2));
    return unused;
}

static void churn(void) {
    void *blocks[50];
    for (int i = 0; i < 50; i++)
        blocks[i] = malloc((size_t)i * i * 40);
    for (int i = 0; i < 50; i++)
        free(blocks[i]);
}

static void prepare(void) {
    before++;
    churn();
    kept = malloc(100);
}

static void parent(void) {
    in_parent++;
    free(kept);
    churn();
}

static void child(void) {
    kept = realloc(kept, 100000);
    churn();
    free(kept);
}

int main(void) {
    alarm(100);
    pthread_t threads[3];
    CHECK(pthread_atfork(prepare, parent, child) == 0);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, busy, NULL) == 0);
    const int rounds = count_or(2000) / 10;
    for (int round = 0; round < rounds; round++) {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(20);
            churn();
            _exit(9);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 9);
    }
    CHECK(before == rounds && in_parent == rounds);
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
