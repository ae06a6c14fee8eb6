/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

static void leave(int signal) {
    (void)signal;
    _exit(5);
}

/* Large blocks, so that the allocator asks the kernel for memory and gives it back. */
static void allocate_until_ended(unsigned microseconds) {
    const struct itimerval timer = {.it_value = {.tv_usec = microseconds}};
    signal(SIGALRM, leave);
    setitimer(ITIMER_REAL, &timer, NULL);
    for (size_t size = 1 << 20;; size = size < 64 << 20 ? size * 3 / 2 : 1 << 20) {
        void *blocks[4];
        for (int i = 0; i < 4; i++)
            blocks[i] = malloc(opaque(size));
        for (int i = 0; i < 4; i++)
            free(blocks[i]);
    }
}

static int run_in_child(int number) {
    const pid_t pid = fork();
    if (pid == 0)
        allocate_until_ended(200 + 37 * (unsigned)number % 3000);
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    return status;
}

static void run_reporting(const char *program, const char *stats) {
    char report[64], remove[64], folder[] = "/tmp/mshim-exit-XXXXXX";
    CHECK(mkdtemp(folder));
    snprintf(report, sizeof report, "%s/%%p", folder);
    snprintf(remove, sizeof remove, "rm -r %s", folder);
    setenv("MSHIM_REPORT", report, 1);
    setenv("MSHIM_STATS", stats, 1);
    const pid_t pid = fork();
    if (pid == 0)
        execl(program, program, "reporting", NULL);
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    CHECK(system(remove) == 0 && status == 0);
}

/* Each process writes a report. */
int main(int argc, char **argv) {
    if (argc == 1) {
        run_reporting(argv[0], "on");
        run_reporting(argv[0], "off");
        return 0;
    }
    for (int i = 0; i < count_or(200); i++) {
        const int status = run_in_child(i);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
    }
}
