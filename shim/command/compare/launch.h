/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_LAUNCH_H
#define MSHIM_COMMAND_COMPARE_LAUNCH_H

/* A process that is there, in a session of its own with nothing as input, and becomes a command when it is
 * let go. */

#include "command/compare/keeper.h"

#include <signal.h>

struct mshim_launch {
    pid_t pid;
    int go_fd;
    int exec_fd; /* has an error number where the command could not be started, and ends where it was */
    int out_fd;  /* what it writes to stdout; -1 where nobody wants to know */
    int err_fd;
};

/* False with errno set. What can be read does not block. `mask`: the signals that are blocked in the command.
 */
bool mshim_launch_prepare(struct mshim_launch *launch, const struct mshim_job *job, const sigset_t *mask);

bool mshim_launch_go(struct mshim_launch *launch);

#endif
