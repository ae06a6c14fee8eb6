/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>

static void *busy(void *unused) {
    for (size_t size = 1;; size = size * 7 % 70001 + 1)
        free(realloc(malloc(size), size * 2));
    return unused;
}

static char *self;

static void *becomes_another(void *unused) {
    usleep(500);
    execl(self, self, "another", (char *)NULL);
    _exit(1);
    return unused;
}

int main(int argc, char **argv) {
    if (argc > 1) {
        free(malloc(100));
        return 9;
    }
    self = argv[0];
    for (int round = 0; round < 40; round++) {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(20);
            pthread_t thread;
            for (int i = 0; i < 3; i++)
                CHECK(pthread_create(&thread, NULL, busy, NULL) == 0);
            if (round % 2) {
                CHECK(pthread_create(&thread, NULL, becomes_another, NULL) == 0);
                busy(NULL);
            }
            becomes_another(NULL);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 9);
    }
}
