/* SPDX-License-Identifier: MIT */
/* What the exported functions read when they are called; select.c sets it. */
#ifndef MSHIM_LIBRARY_LIBC_STRING_DISPATCH_H
#define MSHIM_LIBRARY_LIBC_STRING_DISPATCH_H

#include "library/libc/string/memfuncs.h"

/* The functions in force; at first stubs that select them. */
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    MSHIM_HIDDEN extern result(*mshim_memfuncs_to_##name) parameters;
#include <mshim/memory_functions.def>

/* True while the best variant of the architecture is in force: its code is in the exported functions
 * themselves, which saves short calls the second jump. False: they go through the pointers. */
MSHIM_HIDDEN extern bool mshim_memfuncs_at_best;

enum { MSHIM_MEMFUNCS_SMALL_BYTES = 64 };

/* Copies up to this size are done by the exported functions themselves; 0 while all must go through the
 * pointers. */
MSHIM_HIDDEN extern size_t mshim_memfuncs_inline_bytes;

/* Copies and fills of this size and more bypass the caches. Taken from the CPU's cache sizes; SIZE_MAX until
 * then. */
MSHIM_HIDDEN extern size_t mshim_memfuncs_nontemporal_bytes;

#endif
