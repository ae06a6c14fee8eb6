/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const char *folder;

static void wait_for(pid_t pid, int expected) {
    int status = 0, state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == expected);
    pthread_setcancelstate(state, NULL);
}

/* A thread with a pending cancellation comes through whatever is no cancellation point of POSIX. */
static void *run_cancelled(void *unused) {
    CHECK(pthread_cancel(pthread_self()) == 0);
    const pid_t pid = fork();
    if (pid == 0) {
        free(malloc(opaque(100000)));
        const pid_t grandchild = fork();
        if (grandchild == 0)
            _exit(41);
        wait_for(grandchild, 41);
        _exit(42);
    }
    wait_for(pid, 42);
    const pid_t other = fork();
    if (other == 0)
        _Exit(43);
    wait_for(other, 43);
    free(malloc(opaque(100000)));
    pthread_testcancel();
    return unused;
}

static void cancel_in_a_thread(void) {
    pthread_t thread;
    void *result = NULL;
    CHECK(pthread_create(&thread, NULL, run_cancelled, NULL) == 0 && pthread_join(thread, &result) == 0);
    CHECK(result == PTHREAD_CANCELED);
}

/* Without reports, then with one of each process. */
int main(int argc, char **argv) {
    if (argc > 1) {
        cancel_in_a_thread();
        CHECK(pthread_cancel(pthread_self()) == 0);
        _exit(7);
    }
    cancel_in_a_thread();
    char report[64], path[] = "/tmp/mshim-cancel-XXXXXX";
    folder = mkdtemp(path);
    CHECK(folder);
    snprintf(report, sizeof report, "%s/%%p.json", folder);
    setenv("MSHIM_REPORT", report, 1);
    const pid_t pid = fork();
    if (pid == 0) {
        execl(argv[0], argv[0], "with reports", NULL);
        _exit(1);
    }
    wait_for(pid, 7);
    snprintf(report, sizeof report, "rm -r %s", folder);
    CHECK(system(report) == 0);
}
