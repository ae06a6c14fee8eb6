/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_JOB_H
#define MSHIM_COMMAND_COMPARE_JOB_H

/* What a supervisor is asked to run, and what comes of it. */

#include "command/compare/capture.h"
#include "command/compare/cgroup.h"
#include "command/compare/proof.h"
#include "command/compare/report_folder.h"
#include "command/compare/runs.h"

#include <stdbool.h>

struct mshim_job {
    char *const *argv, *const *environment;
    const char *file; /* for execve */
    /* NULL: nothing is to be proven or sampled, and what it writes to stdout is kept */
    const struct mshim_arm *arm;
    /* Where the processes of a run with counters on leave their reports; NULL: counters are off. */
    struct mshim_report_folder *reports;
    bool closely;           /* sampled as often as possible, for the proof: not for its times */
    const char *ready_when; /* NULL: it runs to its end; a port, or a text in its output */
    int stop_with;          /* signal that ends it once it is ready and no longer wanted */
    struct mshim_cgroup cgroup;
};

enum mshim_job_state {
    MSHIM_JOB_STARTING,         /* or the supervisor was killed */
    MSHIM_JOB_READY,            /* as ready_when says */
    MSHIM_JOB_ENDED,            /* by itself: `status` says how */
    MSHIM_JOB_STOPPED,          /* after it was asked to */
    MSHIM_JOB_CANNOT_START,     /* `error` */
    MSHIM_JOB_CANNOT_SUPERVISE, /* `error`: the supervisor lacks something */
    MSHIM_JOB_ABANDONED,        /* by a signal to the supervisor */
};

/* Lies in memory that the supervisor shares with its parent. */
struct mshim_job_outcome {
    enum mshim_job_state state;
    int status, error;
    bool in_cgroup;  /* its memory is the group's */
    bool was_killed; /* it did not end when asked to */
    double values[MSHIM_MEASURES];
    double cpu_seconds, seconds;
    unsigned samples; /* of memory */
    size_t point_count;
    struct mshim_run_point points[MSHIM_RUN_POINTS];
    struct mshim_proof proof;
    struct mshim_capture output, errors;
};

#endif
