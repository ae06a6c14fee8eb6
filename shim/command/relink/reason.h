/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_REASON_H
#define MSHIM_COMMAND_RELINK_REASON_H

/* Why a file, or a part of it, is left as it is. */

#include <stdbool.h>

struct mshim_reason {
    char text[640]; /* a sentence without its full stop */
};

void mshim_reason_write(struct mshim_reason *reason, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes the reason and is false, for `return mshim_refuse(…)`. */
#define mshim_refuse(reason, ...) (mshim_reason_write(reason, __VA_ARGS__), false)

#endif
