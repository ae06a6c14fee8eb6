/* SPDX-License-Identifier: MIT */
#ifndef RELINK_SUPPORT_H
#define RELINK_SUPPORT_H

/* The library that is relinked in the tests: tests/relink/programs/thread_local_variables.c, which calls no
 * function of its own, and own_functions.c. */

#include "command/relink/relink.h"

struct subject {
    unsigned char *bytes;
    size_t size;
};

/* "own_functions" or "thread_local_variables" */
struct subject subject_read(const char *name);

/* Relinks a copy of the bytes, without other objects. The caller frees relinked->bytes. */
bool subject_relink(struct mshim_relinked *relinked, const unsigned char *bytes, size_t size,
                    struct mshim_reason *reason);

#endif
