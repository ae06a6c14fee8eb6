/* SPDX-License-Identifier: MIT */
#ifndef RELINK_SUPPORT_H
#define RELINK_SUPPORT_H

/* The libraries that are relinked in the tests, of tests/relink/programs: own_functions.c, and
 * thread_local_variables.c and local_dynamic.c, which call none of their own functions. */

#include "command/relink/relink.h"

struct subject {
    unsigned char *bytes;
    size_t size;
};

/* "own_functions", "thread_local_variables" or "local_dynamic" */
struct subject subject_read(const char *name);

/* Relinks a copy of the bytes, without other objects. The caller frees relinked->bytes. */
bool subject_relink(struct mshim_relinked *relinked, const unsigned char *bytes, size_t size,
                    struct mshim_reason *reason);

#endif
