/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

static atomic_bool stop;

static void *busy(void *unused) {
    for (size_t i = 0; !atomic_load(&stop); i++)
        free(realloc(malloc(i % 2000), i % 90000 + 1));
    return unused;
}

/* _Fork runs no handler of pthread_atfork: the child may only do what a signal handler may. */
int main(void) {
    pid_t (*bare_fork)(void) = (pid_t(*)(void))dlsym(RTLD_DEFAULT, "_Fork");
    if (!bare_fork)
        SKIP("this libc has no _Fork");
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        CHECK(pthread_create(&threads[i], NULL, busy, NULL) == 0);
    for (int round = 0; round < count_or(100); round++) {
        alarm(20); /* a hang is a failure */
        const pid_t pid = bare_fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            alarm(20);
            if (round % 2)
                execl("/bin/true", "true", (char *)NULL);
            _exit(0);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}
