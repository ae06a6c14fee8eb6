/* SPDX-License-Identifier: MIT */
/* The side of the process that starts keepers. */
#include "command/compare/keeper.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

bool mshim_keeper_open(struct mshim_keeper *keeper) {
    *keeper = (struct mshim_keeper){.stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    void *const shared =
        mmap(NULL, sizeof *keeper->outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    keeper->outcome = shared == MAP_FAILED ? NULL : shared;
    return keeper->stop_fd >= 0 && keeper->outcome;
}

void mshim_keeper_close(struct mshim_keeper *keeper) {
    if (keeper->stop_fd >= 0)
        close(keeper->stop_fd);
    if (keeper->outcome)
        munmap(keeper->outcome, sizeof *keeper->outcome);
}

bool mshim_keeper_start(struct mshim_keeper *keeper, const struct mshim_job *job, int wake_fd) {
    const pid_t parent = getpid();
    uint64_t left_over;
    memset(keeper->outcome, 0, sizeof *keeper->outcome);
    (void)!read(keeper->stop_fd, &left_over, sizeof left_over);
    keeper->pid = fork();
    if (keeper->pid == 0) {
        /* To die with the parent, even if it has died already. */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() == parent)
            mshim_keeper_main(keeper->outcome, job, keeper->stop_fd, wake_fd);
        _exit(1);
    }
    if (keeper->pid < 0) {
        keeper->pid = 0;
        return false;
    }
    return true;
}

void mshim_keeper_stop(struct mshim_keeper *keeper) {
    const uint64_t one = 1;
    (void)!write(keeper->stop_fd, &one, sizeof one);
}

void mshim_keeper_abandon(struct mshim_keeper *keeper) {
    if (keeper->pid > 0)
        kill(keeper->pid, SIGTERM);
}

bool mshim_keeper_ended(struct mshim_keeper *keeper) {
    if (keeper->pid == 0)
        return true;
    const pid_t pid = waitpid(keeper->pid, NULL, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR))
        return false;
    keeper->pid = 0;
    return true;
}
