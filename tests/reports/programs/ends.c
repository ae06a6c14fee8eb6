/* SPDX-License-Identifier: MIT */
/* Ends in the way that its argument names. */
#include "../../programs/check.h"

#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

static void *exit_from_thread(void *unused) {
    (void)unused;
    exit(5);
}

static void *brief(void *unused) {
    usleep(1000);
    return unused;
}

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "return";
    void *volatile kept = malloc(opaque(1000));
    pthread_t thread;
    (void)kept;
    if (strcmp(how, "exit") == 0)
        exit(5);
    if (strcmp(how, "_exit") == 0)
        _exit(5);
    if (strcmp(how, "_Exit") == 0)
        _Exit(5);
    if (strcmp(how, "quick_exit") == 0)
        quick_exit(5);
    if (strcmp(how, "thread") == 0) {
        pthread_create(&thread, NULL, exit_from_thread, NULL);
        pthread_join(thread, NULL);
    }
    if (strcmp(how, "pthread_exit") == 0) {
        pthread_create(&thread, NULL, brief, NULL);
        pthread_exit(NULL);
    }
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(how, "chdir") == 0 && chdir("/") != 0)
        return 1;
    if (strcmp(how, "fork") == 0) {
        const pid_t pid = fork();
        if (pid == 0) {
            free(malloc(opaque(10)));
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
    if (strcmp(how, "spawn") == 0) {
        char *const arguments[] = {"no", NULL};
        pid_t pid;
        posix_spawn(&pid, "/no/such/command", NULL, NULL, arguments, environ);
        pid = vfork();
        if (pid == 0)
            _exit(127);
        waitpid(pid, NULL, 0);
    }
    if (strcmp(how, "nobody") == 0 && setuid(65534) != 0)
        return 1;
    return 5;
}
