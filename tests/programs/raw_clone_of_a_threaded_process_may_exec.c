/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static atomic_bool stop;

static void *busy(void *unused) {
    while (!atomic_load(&stop))
        free(malloc(100));
    return unused;
}

/* No handler of fork runs: POSIX lets the child do what is safe in a signal handler, exec and _exit among it.
 */
int main(void) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, busy, NULL) == 0);
    for (int round = 0; round < 100; round++) {
        const pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
        CHECK(pid >= 0);
        if (pid == 0) {
            if (round % 2)
                execl("/bin/sh", "sh", "-c", "exit 9", (char *)NULL);
            _exit(9);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 9);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
