/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_SUPERVISOR_H
#define MSHIM_COMMAND_COMPARE_SUPERVISOR_H

/*
 * Runs one command below a process of its own, the supervisor: it measures the tree of processes that the
 * command becomes, looks for the proof that its arm is live, and leaves none of them behind, however the
 * command, the supervisor or this process ends.
 */

#include "command/compare/job.h"

#include <stdbool.h>
#include <sys/types.h>

struct mshim_supervisor {
    pid_t pid; /* 0: there is none */
    int stop_fd;
    struct mshim_job_outcome *outcome;
};

/* Prepares what all runs share. False with errno set. */
bool mshim_supervisor_open(struct mshim_supervisor *supervisor);
void mshim_supervisor_close(struct mshim_supervisor *supervisor);

/* `wake_fd`, an eventfd, is written to when the job became ready. False with errno set. */
bool mshim_supervisor_start(struct mshim_supervisor *supervisor, const struct mshim_job *job, int wake_fd);

/* Asks for the end of what was waited for to be ready. */
void mshim_supervisor_stop(struct mshim_supervisor *supervisor);

/* Has the supervisor kill everything below it. */
void mshim_supervisor_abandon(struct mshim_supervisor *supervisor);

/* Has it ended? It is waited for then. */
bool mshim_supervisor_ended(struct mshim_supervisor *supervisor);

#endif
