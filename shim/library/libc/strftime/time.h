/* SPDX-License-Identifier: MIT */
/*
 * Faster formatting of times for musl, whose own goes through its snprintf, and so through its memcpy, for a
 * few bytes at a time: calls inside libc, which no preload changes.
 *
 * The functions of functions.def give what libc's own give, byte for byte. What they do not do themselves is
 * passed on to libc's from the beginning: widths, `+`, modifiers, %G %g %V, unknown conversions, names that
 * are not ASCII (wide functions), and whatever does not fit.
 */
#ifndef MSHIM_LIBRARY_LIBC_STRFTIME_TIME_H
#define MSHIM_LIBRARY_LIBC_STRFTIME_TIME_H

#include <stdbool.h>

/* To be called once, at the shim's start; before that, and with `false`, everything is passed on. */
void mshim_time_select(bool enabled);

#endif
