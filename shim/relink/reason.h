/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_RELINK_REASON_H
#define MSHIM_RELINK_REASON_H

/* Why something is left as it is. */

#include <stdbool.h>

struct mshim_reason {
    char text[640]; /* a sentence without its full stop */
};

/* Writes the reason down. Returns false, for `return mshim_refuse(…)`. */
bool mshim_refuse(struct mshim_reason *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
