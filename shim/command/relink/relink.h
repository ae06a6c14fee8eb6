/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_RELINK_H
#define MSHIM_COMMAND_RELINK_RELINK_H

/*
 * Relinks a shared library in memory: calls of its own functions become direct, and its own thread-local
 * variables are accessed without __tls_get_addr.
 */

#include "command/relink/calls.h"
#include "command/relink/tls_access.h"

#include <stdlib.h>

struct mshim_relinked {
    unsigned char *bytes; /* the relinked file; see mshim_relinked_drop */
    size_t size, undo_bytes;
    size_t edits; /* 0: nothing to relink in the file */
    struct mshim_calls calls;
    struct mshim_tls_accesses tls_accesses;
    size_t left_bytes; /* of code that is outside of all functions */
    bool keeps_tls;    /* TLS accesses were to be kept */
};

/* The other objects of the process. */
struct mshim_others {
    const struct mshim_elf_image *const *image;
    size_t count;
};

/* `bytes` are the original file. False, with the reason, if it is to be left alone. Call mshim_relinked_drop
 * even then. */
bool mshim_relink(struct mshim_relinked *relinked, unsigned char *bytes, size_t size,
                  const struct mshim_others *others, bool keep_tls, struct mshim_reason *reason);
void mshim_relinked_drop(struct mshim_relinked *relinked);

#endif
