/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_RELINK_H
#define MSHIM_COMMAND_RELINK_RELINK_H

/*
 * What a shared library needs to be relinked: its calls to its own functions go there directly, and its own
 * thread-local variables are found without a call. In memory; file.h reads and writes files.
 */

#include "command/relink/calls.h"
#include "command/relink/lookups.h"

#include <stdlib.h>

struct mshim_relinked {
    unsigned char *bytes; /* the file as it should be; the caller frees it */
    size_t size, undo_bytes;
    size_t edits; /* 0: there is nothing to change in the file */
    struct mshim_calls calls;
    struct mshim_lookups lookups;
    size_t left_bytes;  /* in its code, outside of all functions */
    bool keeps_lookups; /* as asked for */
};

/* Other objects of the same process. */
struct mshim_others {
    const struct mshim_image *const *image;
    size_t count;
};

/* `bytes` are the original file. False, with the reason, where it is to be left alone. */
bool mshim_relink(struct mshim_relinked *relinked, unsigned char *bytes, size_t size,
                  const struct mshim_others *others, bool keep_lookups, struct mshim_reason *reason);

#endif
