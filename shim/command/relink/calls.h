/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_CALLS_H
#define MSHIM_COMMAND_RELINK_CALLS_H

/* Calls through the PLT: where they lead, and the edits that make them direct. */

#include "command/relink/code.h"
#include "command/relink/edits.h"
#include "command/relink/functions.h"

/* The slot that the entry of the PLT at `address` jumps by; false where the entry is of no known form. */
bool mshim_calls_entry(const struct mshim_image *image, uint64_t address, uint64_t *slot);

struct mshim_calls {
    size_t all, direct;
    size_t left[MSHIM_STANDINGS];
    char names[MSHIM_STANDINGS][160]; /* of some of the functions that were left, with commas between them */
    size_t too_far;                   /* own functions that the instruction cannot reach */
};

bool mshim_calls_plan(struct mshim_calls *calls, struct mshim_edits *edits, const struct mshim_code *code,
                      const struct mshim_slots *slots, struct mshim_functions *functions,
                      struct mshim_reason *reason);

#endif
