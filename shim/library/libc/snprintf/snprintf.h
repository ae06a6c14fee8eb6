/* SPDX-License-Identifier: MIT */
/*
 * A faster snprintf for musl, whose own writes a few bytes at a time by its own memcpy, which a preloaded
 * library cannot replace. CPython formats most numbers with it (PyUnicode_FromFormat): representations,
 * dates, messages.
 *
 * sprintf, snprintf, vsprintf and vsnprintf give the same result as libc's, byte for byte. Implemented are
 * literal text and the plain conversions %d %i %u %x %X %c %s %%, with l, ll, z, t or j. A format with
 * anything else (flags, widths, precisions, floating-point numbers), and a result that does not fit, is
 * passed to libc as a whole.
 */
#ifndef MSHIM_LIBRARY_LIBC_SNPRINTF_SNPRINTF_H
#define MSHIM_LIBRARY_LIBC_SNPRINTF_SNPRINTF_H

#include <stdbool.h>

/* Once, at start. Until then, and with `false`, all calls are passed to libc. */
void mshim_snprintf_select(bool enabled);

#endif
