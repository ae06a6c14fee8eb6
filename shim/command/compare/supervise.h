/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_SUPERVISE_H
#define MSHIM_COMMAND_COMPARE_SUPERVISE_H

/* What the supervisor's process does (supervisor.h starts it). */

#include "command/compare/job.h"

/* Runs the job to its end, or until `stop_fd`, an eventfd, asks for the end of what has become ready, or a
 * signal for the end of everything. `wake_fd`, an eventfd, is written to when it became ready. `parent` is
 * the process that has started this one. */
_Noreturn void mshim_supervise(struct mshim_job_outcome *outcome, const struct mshim_job *job, pid_t parent,
                               int stop_fd, int wake_fd);

#endif
