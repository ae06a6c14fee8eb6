/* SPDX-License-Identifier: MIT */
/*
 * Faster memory functions for musl.
 *
 * The exported names are those of mshim/memory_functions.def. They may be called at any time, also by another
 * library's constructor before ours, or by a signal handler: they go through pointers that are initialised
 * statically (by a relative relocation), to stubs that select a variant for this CPU and set all pointers.
 * Two threads may do so at once; they store the same values.
 *
 * Every variant
 *   - reads nothing outside of a page in which the operand has a byte, and writes nothing outside of the
 * operand;
 *   - needs no alignment, and no correct size where C allows it to be too large (memchr stops at the byte);
 *   - copies correctly if the operands overlap (memcpy is memmove);
 *   - calls no other function, keeps no state, and leaves errno alone.
 */
#ifndef MSHIM_LIBRARY_LIBC_STRING_MEMFUNCS_H
#define MSHIM_LIBRARY_LIBC_STRING_MEMFUNCS_H

#include "shared/base/attributes.h"

#include <stdbool.h>
#include <stddef.h>

/* The functions for one instruction set. */
struct mshim_memfuncs_variant {
    const char *name;
    bool (*supported)(void); /* by this CPU and this kernel */
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments) result(*name) parameters;
#include <mshim/memory_functions.def>
};

/* The variants of this architecture, the best last, ended by NULL. */
MSHIM_HIDDEN extern const struct mshim_memfuncs_variant *const mshim_memfuncs_variants[];

/* Selects what the exported functions do: the best variant for this CPU, or (MSHIM_MEMFUNCS=off) libc's own
 * functions. Once, at start, while the process has one thread. Until then the first call selects the best
 * variant. */
MSHIM_HIDDEN void mshim_memfuncs_select(bool enabled);

/* For tests and the bench: selects a variant by name; NULL: the best one. False if there is none of that
 * name, or the CPU does not support it. */
MSHIM_HIDDEN bool mshim_memfuncs_use(const char *variant);

/* The variant that was selected; NULL: libc's own functions, or none so far. */
MSHIM_HIDDEN const struct mshim_memfuncs_variant *mshim_memfuncs_chosen(void);

/* Directs all calls to other functions, which may call those of the selected variant; NULL: back to these. At
 * any time, by any thread: a call meanwhile goes to the one or the other. */
MSHIM_HIDDEN void mshim_memfuncs_put_in_front(const struct mshim_memfuncs_variant *variant);

/* The name of what is in force: that of a variant, "libc", or NULL before the first call. */
MSHIM_HIDDEN const char *mshim_memfuncs_in_force(void);

#endif
