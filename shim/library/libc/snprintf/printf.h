/* SPDX-License-Identifier: MIT */
/*
 * Faster printing into memory for musl, whose own writes a few bytes at a time through its own memcpy, which
 * no preload changes. CPython makes most numbers in texts by it (PyUnicode_FromFormat): representations,
 * dates, messages.
 *
 * sprintf, snprintf, vsprintf and vsnprintf give what libc's own give, byte for byte. They do plain text and
 * the plain conversions %d %i %u %x %X %c %s %% with l, ll, z, t or j; a format with anything else (flags,
 * widths, precisions, floating-point numbers) is libc's from the beginning, and so is a text that does not
 * fit.
 */
#ifndef MSHIM_LIBRARY_LIBC_SNPRINTF_PRINTF_H
#define MSHIM_LIBRARY_LIBC_SNPRINTF_PRINTF_H

#include <stdbool.h>

/* To be called once, at the shim's start; before that, and with `false`, everything is passed on. */
void mshim_printf_select(bool enabled);

#endif
