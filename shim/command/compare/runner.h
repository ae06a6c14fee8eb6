/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_RUNNER_H
#define MSHIM_COMMAND_COMPARE_RUNNER_H

/* Makes single runs: of the command under an arm, or of a server with its load. */

#include "command/compare/comparison.h"
#include "command/compare/progress.h"
#include "command/compare/supervisor.h"

enum mshim_run_kind {
    MSHIM_RUN_CLOSELY, /* looked at closely, for the proof */
    MSHIM_RUN_TIMED,
    MSHIM_RUN_COUNTED, /* with counters and a report, which are in the runner's `reports` afterwards */
};

enum mshim_run_end {
    MSHIM_RUN_DONE,
    MSHIM_RUN_FAILED,      /* `why`, and what the command wrote to stderr */
    MSHIM_RUN_INTERRUPTED, /* by a signal to this process */
};

struct mshim_runner {
    const struct mshim_comparison_settings *settings;
    const char *file; /* of the command, for execve */
    char *const *argv;
    char *const *environment;
    char counter[PATH_MAX]; /* the shim's library for the libc of the command; "": there is none */
    struct mshim_report_folder reports; /* of counted runs */
    struct mshim_progress *progress;
    struct mshim_supervisor command, load;
    int wake_fd;
    char why[MSHIM_WHY_BYTES];
    const struct mshim_capture *errors; /* of a run that failed; may be NULL */
};

/* False with errno set. From then on signals that end this process have been caught. */
bool mshim_runner_open(struct mshim_runner *runner);
void mshim_runner_close(struct mshim_runner *runner);

/* The signal that has come, or 0. */
int mshim_runner_signal(void);

/* Makes one run. *run gets its values; runner->command.outcome has more. */
enum mshim_run_end mshim_runner_run(struct mshim_runner *runner, const struct mshim_arm *arm,
                                    enum mshim_run_kind kind, struct mshim_run *run);

#endif
