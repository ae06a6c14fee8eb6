/* SPDX-License-Identifier: MIT */
#include "command/compare/child.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool make_pipe(int ends[2], int flags) {
    return pipe2(ends, O_CLOEXEC) == 0 && (flags == 0 || fcntl(ends[0], F_SETFL, flags) == 0);
}

_Noreturn static void become(const struct mshim_job *job, int go_fd, int exec_fd, int out_fd, int err_fd) {
    char go;
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    setsid();
    if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
        dup2(out_fd >= 0 ? out_fd : nothing, STDOUT_FILENO) >= 0 && dup2(err_fd, STDERR_FILENO) >= 0 &&
        read(go_fd, &go, 1) == 1)
        execve(job->file, job->argv, job->environment);
    const int error = errno;
    (void)!write(exec_fd, &error, sizeof error);
    _exit(127);
}

bool mshim_child_prepare(struct mshim_child *child, const struct mshim_job *job, const sigset_t *mask) {
    int go[2], exec[2], out[2] = {-1, -1}, err[2];
    const bool keeps_output = !job->arm || job->ready_when;
    if (!make_pipe(go, 0) || !make_pipe(exec, O_NONBLOCK) || !make_pipe(err, O_NONBLOCK) ||
        (keeps_output && !make_pipe(out, O_NONBLOCK)))
        return false;
    const pid_t pid = fork();
    if (pid < 0)
        return false;
    if (pid == 0) {
        sigprocmask(SIG_SETMASK, mask, NULL);
        become(job, go[0], exec[1], out[1], err[1]);
    }
    close(go[0]);
    close(exec[1]);
    close(err[1]);
    if (keeps_output)
        close(out[1]);
    *child = (struct mshim_child){pid, go[1], exec[0], out[0], err[0]};
    return true;
}

bool mshim_child_go(struct mshim_child *child) {
    const bool gone = write(child->go_fd, "", 1) == 1;
    close(child->go_fd);
    return gone;
}
