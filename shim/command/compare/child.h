/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_CHILD_H
#define MSHIM_COMMAND_COMPARE_CHILD_H

/* A process that is there, in a session of its own with nothing as input, and becomes a command when it is
 * let go. */

#include "command/compare/job.h"

#include <signal.h>

struct mshim_child {
    pid_t pid;
    int go_fd;
    int exec_fd; /* has an error number where the command could not be started, and ends where it was */
    int out_fd;  /* what it writes to stdout; -1 where nobody wants to know */
    int err_fd;
};

/* False with errno set. What can be read does not block. `mask`: the signals that are blocked in the command.
 */
bool mshim_child_prepare(struct mshim_child *child, const struct mshim_job *job, const sigset_t *mask);

bool mshim_child_go(struct mshim_child *child);

#endif
