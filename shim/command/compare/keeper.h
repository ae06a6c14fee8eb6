/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_KEEPER_H
#define MSHIM_COMMAND_COMPARE_KEEPER_H

/*
 * Runs one command in a process of its own, the keeper: it measures the tree of processes that the command
 * becomes, looks for the proof that its arm is live, and leaves none of them behind, however the command, the
 * keeper or this process ends.
 */

#include "command/compare/capture.h"
#include "command/compare/cgroup.h"
#include "command/compare/proof.h"
#include "command/compare/runs.h"

#include <stdbool.h>
#include <sys/types.h>

struct mshim_job {
    char *const *argv, *const *environment;
    const char *file; /* for execve */
    const struct mshim_arm
        *arm;     /* NULL: nothing is to be proven or sampled, and what it writes to stdout is kept */
    bool counted; /* with the shim's counters on */
    bool closely; /* sampled as often as can be, for the proof: not for its times */
    const char *ready_when; /* NULL: it runs to its end; a port, or a text in its output */
    int stop_with;          /* signal that ends it once it is ready and no longer wanted */
    struct mshim_cgroup cgroup;
};

enum mshim_state {
    MSHIM_STATE_STARTING,     /* or the keeper was killed */
    MSHIM_STATE_READY,        /* as ready_when says */
    MSHIM_STATE_ENDED,        /* by itself: `status` says how */
    MSHIM_STATE_STOPPED,      /* after it was asked to */
    MSHIM_STATE_CANNOT_START, /* `error` */
    MSHIM_STATE_CANNOT_KEEP,  /* `error`: the keeper lacks something */
    MSHIM_STATE_ABANDONED,    /* by a signal to the keeper */
};

/* What a keeper tells, in memory that it shares with its parent. */
struct mshim_outcome {
    enum mshim_state state;
    int status, error;
    bool in_cgroup;  /* its memory is the group's */
    bool was_killed; /* it did not end when asked to */
    double values[MSHIM_MEASURES];
    double cpu_seconds, seconds;
    unsigned samples; /* of memory */
    size_t point_count;
    struct mshim_memory_point points[MSHIM_POINTS];
    struct mshim_proof proof;
    struct mshim_capture output, errors;
};

struct mshim_keeper {
    pid_t pid; /* 0: there is none */
    int stop_fd;
    struct mshim_outcome *outcome;
};

/* Prepares what keepers share. `wake_fd`, an eventfd, is written to when something became ready. */
bool mshim_keeper_open(struct mshim_keeper *keeper);
void mshim_keeper_close(struct mshim_keeper *keeper);

/* False with errno set. */
bool mshim_keeper_start(struct mshim_keeper *keeper, const struct mshim_job *job, int wake_fd);

/* Asks for the end of what was waited for to be ready. */
void mshim_keeper_stop(struct mshim_keeper *keeper);

/* Has the keeper kill all that it keeps. */
void mshim_keeper_abandon(struct mshim_keeper *keeper);

/* Has it ended? It is waited for then. */
bool mshim_keeper_ended(struct mshim_keeper *keeper);

/* What the new process does. */
_Noreturn void mshim_keeper_main(struct mshim_outcome *outcome, const struct mshim_job *job, int stop_fd,
                                 int wake_fd);

#endif
