/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_LOOKUPS_H
#define MSHIM_COMMAND_RELINK_LOOKUPS_H

/* Look-ups of the file's own thread-local variables, and the edits that spare them the call of
 * __tls_get_addr. */

#include "command/relink/code.h"
#include "command/relink/edits.h"
#include "command/relink/functions.h"

struct mshim_lookups {
    size_t all, direct;
    struct mshim_reason left; /* why the first of the others stays; "" where there is none */
};

/* A pair of slots is changed only where all that refers to it is understood. */
bool mshim_lookups_plan(struct mshim_lookups *lookups, struct mshim_edits *edits,
                        const struct mshim_code *code, const struct mshim_slots *slots,
                        const struct mshim_functions *functions, struct mshim_reason *reason);

#endif
