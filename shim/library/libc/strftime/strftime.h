/* SPDX-License-Identifier: MIT */
/*
 * A faster strftime for musl, whose own uses its snprintf, and thereby its memcpy, for a few bytes at a time:
 * calls within libc, which a preloaded library cannot replace.
 *
 * The functions of functions.def give the same result as libc's, byte for byte. A format with anything that
 * is not implemented here is passed to libc as a whole: widths, `+`, modifiers, %G %g %V, unknown
 * conversions, names that are not ASCII (in wide functions), and a result that does not fit.
 */
#ifndef MSHIM_LIBRARY_LIBC_STRFTIME_STRFTIME_H
#define MSHIM_LIBRARY_LIBC_STRFTIME_STRFTIME_H

#include <stdbool.h>

/* Once, at start. Until then, and with `false`, all calls are passed to libc. */
void mshim_strftime_select(bool enabled);

#endif
