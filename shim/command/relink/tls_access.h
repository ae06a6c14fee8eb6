/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_TLS_ACCESS_H
#define MSHIM_COMMAND_RELINK_TLS_ACCESS_H

/* Accesses of the file's own thread-local variables, and the edits that spare them __tls_get_addr. */

#include "command/relink/callees.h"
#include "command/relink/code.h"
#include "command/relink/edits.h"

struct mshim_tls_accesses {
    size_t all, direct;
    struct mshim_reason left; /* why the first of the others stays; "" where there is none */
};

/* A tls_index is changed only where every reference to it is understood. */
bool mshim_tls_accesses_plan(struct mshim_tls_accesses *accesses, struct mshim_edits *edits,
                             const struct mshim_code *code, const struct mshim_relocations *relocations,
                             const struct mshim_callees *callees, struct mshim_reason *reason);

#endif
