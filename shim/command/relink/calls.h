/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_CALLS_H
#define MSHIM_COMMAND_RELINK_CALLS_H

/* Calls through the PLT, and the edits that make them direct. */

#include "command/relink/callees.h"
#include "command/relink/code.h"
#include "command/relink/edits.h"

struct mshim_calls {
    size_t all, direct;
    size_t left[MSHIM_BINDINGS];     /* by the reason why they stay */
    char names[MSHIM_BINDINGS][160]; /* some of the functions that these reach, separated by commas */
    size_t too_far;                  /* the function is beyond the reach of a short jump */
};

bool mshim_calls_plan(struct mshim_calls *calls, struct mshim_edits *edits, const struct mshim_code *code,
                      const struct mshim_relocations *relocations, struct mshim_callees *callees,
                      struct mshim_reason *reason);

#endif
