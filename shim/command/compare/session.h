/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_SESSION_H
#define MSHIM_COMMAND_COMPARE_SESSION_H

/* A whole comparison: finds out what the command is, proves the arms, runs them in turns, counts. */

#include "command/compare/runner.h"

/*
 * Fills in *comparison, whose settings and arms are given. Returns MSHIM_RUN_DONE also where arms are void.
 * Of one that was interrupted the complete turns are there. Where it failed runner->why says why.
 */
enum mshim_run_end mshim_session_run(struct mshim_comparison *comparison, struct mshim_runner *runner);

#endif
