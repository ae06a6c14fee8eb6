/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_TLS_ACCESS_H
#define MSHIM_COMMAND_RELINK_TLS_ACCESS_H

/* Accesses of the file's own thread-local variables, and the edits that spare them __tls_get_addr. */

#include "command/relink/callees.h"
#include "command/relink/code.h"
#include "command/relink/edits.h"

/* The accesses that stay, of one tls_index. */
struct mshim_tls_left {
    size_t count;
    struct mshim_reason reason;
};

struct mshim_tls_accesses {
    size_t all, direct;
    size_t by_stub; /* of the direct ones: by a function of ours (tls_stub.h) */
    struct mshim_tls_left *left;
    size_t left_count;
};

/* A tls_index is changed only where every reference to it is understood. Call mshim_tls_accesses_drop even
 * after a failure. */
bool mshim_tls_accesses_plan(struct mshim_tls_accesses *accesses, struct mshim_edits *edits,
                             const struct mshim_code *code, const struct mshim_relocations *relocations,
                             const struct mshim_callees *callees, struct mshim_reason *reason);
void mshim_tls_accesses_drop(struct mshim_tls_accesses *accesses);

#endif
