/* SPDX-License-Identifier: MIT */
#include "command/compare/supervisor.h"
#include "command/compare/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

bool mshim_supervisor_open(struct mshim_supervisor *supervisor) {
    *supervisor = (struct mshim_supervisor){.stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    void *const shared =
        mmap(NULL, sizeof *supervisor->outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    supervisor->outcome = shared == MAP_FAILED ? NULL : shared;
    return supervisor->stop_fd >= 0 && supervisor->outcome;
}

void mshim_supervisor_close(struct mshim_supervisor *supervisor) {
    if (supervisor->stop_fd >= 0)
        close(supervisor->stop_fd);
    if (supervisor->outcome)
        munmap(supervisor->outcome, sizeof *supervisor->outcome);
}

bool mshim_supervisor_start(struct mshim_supervisor *supervisor, const struct mshim_job *job, int wake_fd) {
    const pid_t parent = getpid();
    uint64_t left_over;
    memset(supervisor->outcome, 0, sizeof *supervisor->outcome);
    (void)!read(supervisor->stop_fd, &left_over, sizeof left_over);
    supervisor->pid = fork();
    if (supervisor->pid == 0) {
        /* To die with the parent, even if it has died already. */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() == parent)
            mshim_supervise(supervisor->outcome, job, parent, supervisor->stop_fd, wake_fd);
        _exit(1);
    }
    if (supervisor->pid < 0) {
        supervisor->pid = 0;
        return false;
    }
    return true;
}

void mshim_supervisor_stop(struct mshim_supervisor *supervisor) {
    const uint64_t one = 1;
    (void)!write(supervisor->stop_fd, &one, sizeof one);
}

void mshim_supervisor_abandon(struct mshim_supervisor *supervisor) {
    if (supervisor->pid > 0)
        kill(supervisor->pid, SIGTERM);
}

bool mshim_supervisor_ended(struct mshim_supervisor *supervisor) {
    if (supervisor->pid == 0)
        return true;
    const pid_t pid = waitpid(supervisor->pid, NULL, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR))
        return false;
    supervisor->pid = 0;
    return true;
}
