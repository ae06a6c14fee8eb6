/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_TLS_INLINE_H
#define MSHIM_COMMAND_RELINK_TLS_INLINE_H

/*
 * Space for other instructions in place of a local-dynamic TLS access, which is a byte too short for them:
 * soon after it, the variable itself is read or written by displacement(%rax), with a displacement of four
 * bytes where one would do. What is in between moves by one byte.
 *
 * That is possible only where nothing can jump in between, not even by a table or a pointer. So the function
 * must have an entry in the unwind table, without landing pads, and neither it nor what it jumps to, such as
 * its cold part, may have an indirect jump.
 */

#include "command/relink/code.h"
#include "command/relink/edits.h"
#include "command/relink/eh_frame.h"

struct mshim_tls_inline {
    const struct mshim_code *code;
    const struct mshim_relocations *relocations;
    struct mshim_frame *frame; /* by address */
    size_t count, capacity;
};

/* Reads the unwind table. Call mshim_tls_inline_drop even after a failure. */
bool mshim_tls_inline_begin(struct mshim_tls_inline *context, const struct mshim_code *code,
                            const struct mshim_relocations *relocations, struct mshim_reason *reason);
void mshim_tls_inline_drop(struct mshim_tls_inline *context);

/* The edit for the access at `load`, of the local-dynamic form with a call through the PLT, or false. */
bool mshim_tls_inline_edit(const struct mshim_tls_inline *context, const struct mshim_instruction *load,
                           struct mshim_edit *edit);

#endif
