/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_HARDENING_FATAL_H
#define MSHIM_LIBRARY_HARDENING_FATAL_H

/*
 * The end of a program whose heap is broken: one line on stderr, then abort(3). Allocates nothing and takes
 * no lock.
 *
 *     mshim: double free of 0x7f52c8a01230 (112 bytes), thread 4711
 */

#include <stddef.h>

/* `usable_bytes` 0: not known. `mistake` is what the program did, such as "double free". */
_Noreturn void mshim_fatal_free(const char *mistake, const void *block, size_t usable_bytes);

#endif
