/* SPDX-License-Identifier: MIT */
/* Between select.c and the architecture's files: what the exported functions look at when they are called. */
#ifndef MSHIM_LIBRARY_LIBC_STRING_DISPATCH_H
#define MSHIM_LIBRARY_LIBC_STRING_DISPATCH_H

#include "library/libc/string/memory.h"

/* The functions in force; at first stubs that choose them. */
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments)                                           \
    MSHIM_MEMORY_INTERNAL extern result(*mshim_memory_to_##name) parameters;
#include <mshim/memory_functions.def>

/* Set while the best variant of the architecture is in force: its code stands in the exported functions
 * themselves, which spares short calls the second jump. Cleared, they go through the pointers. */
MSHIM_MEMORY_INTERNAL extern bool mshim_memory_at_best;

enum { MSHIM_MEMORY_SMALL_BYTES = 64 };

/* Copies of up to this size, the small ones, the entries do themselves; 0 while the pointers lead to libc's
 * own functions. */
MSHIM_MEMORY_INTERNAL extern size_t mshim_memory_inline_bytes;

/* From this size on copies and fills go past the caches; from the CPU's caches, SIZE_MAX until asked. */
MSHIM_MEMORY_INTERNAL extern size_t mshim_memory_nontemporal_bytes;

#endif
