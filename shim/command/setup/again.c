/* SPDX-License-Identifier: MIT */
#include "command/setup/again.h"

#include "shared/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void start(char *const *argv, const char *preload, int output) {
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (preload)
        setenv("LD_PRELOAD", preload, 1);
    execv(argv[0], argv);
    _exit(127);
}

/* Reads until the other end is closed, or time is up; what does not fit is read and dropped. */
static void read_output(int fd, uint64_t until_ns, char *output, size_t size) {
    size_t used = 0;
    for (;;) {
        const uint64_t now_ns = mshim_now_ns();
        struct pollfd ready = {fd, POLLIN, 0};
        char rest[4096];
        const int milliseconds =
            now_ns < until_ns ? (int)((until_ns - now_ns) / MSHIM_NS_PER_MILLISECOND) + 1 : 0;
        const int events = poll(&ready, 1, milliseconds);
        if (events == 0)
            break;
        if (events < 0 && errno == EINTR)
            continue;
        const bool fits = used + 1 < size;
        const ssize_t got = read(fd, fits ? output + used : rest, fits ? size - 1 - used : sizeof rest);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        used += fits ? (size_t)got : 0;
    }
    output[used] = 0;
}

/* Its status; it is killed when time is up. */
static int wait_for(pid_t child, uint64_t until_ns) {
    int status;
    for (;;) {
        const pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (ended < 0 && errno != EINTR)
            return -1;
        if (mshim_now_ns() >= until_ns)
            kill(child, SIGKILL);
        const struct timespec pause = mshim_ns_timespec(MSHIM_NS_PER_MILLISECOND);
        nanosleep(&pause, NULL);
    }
}

int mshim_run_and_read(char *const *argv, const char *preload, unsigned seconds, char *output, size_t size) {
    const uint64_t until_ns = mshim_now_ns() + seconds * (uint64_t)MSHIM_NS_PER_SECOND;
    int ends[2];
    output[0] = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    const pid_t child = fork();
    if (child == 0)
        start(argv, preload, ends[1]);
    close(ends[1]);
    if (child > 0)
        read_output(ends[0], until_ns, output, size);
    close(ends[0]);
    return child < 0 ? -1 : wait_for(child, until_ns);
}
