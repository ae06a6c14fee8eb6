/* SPDX-License-Identifier: MIT */
/*
 * Faster memory functions for musl: what the rest of the shim, the tests and the bench may rely on.
 *
 * The exported names are those of functions.def. They may be called at any moment, by another library's
 * constructor before ours or from a signal handler: the pointers behind them are initialised statically (a
 * relative relocation), first to a stub that asks the CPU and sets them all. Setting them twice, from two
 * threads, stores the same values.
 *
 * What every variant keeps to:
 *   - no read outside a page that holds a byte of the operand, no write outside the operand;
 *   - no need of alignment, and none of the operand's size being right where C lets it be larger (memchr
 * stops at the byte);
 *   - memcpy is memmove: overlap is always right;
 *   - no call of another function, no state, no errno.
 */
#ifndef MSHIM_LIBRARY_LIBC_STRING_MEMORY_H
#define MSHIM_LIBRARY_LIBC_STRING_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#ifndef MSHIM_EXPORT
#define MSHIM_EXPORT __attribute__((visibility("default")))
#endif
#define MSHIM_MEMORY_INTERNAL __attribute__((visibility("hidden")))

/* A set of functions for one instruction set. */
struct mshim_memory_variant {
    const char *name;
    bool (*supported)(void); /* does this CPU, under this kernel, have what it takes? */
#define MSHIM_MEMORY_FUNCTION(name, result, parameters, arguments) result(*name) parameters;
#include <mshim/memory_functions.def>
};

/* All variants of this architecture, the best last, ended by a null pointer. Empty where there are none. */
MSHIM_MEMORY_INTERNAL extern const struct mshim_memory_variant *const mshim_memory_variants[];

/*
 * Settles what the exported functions do: the best variant of this CPU, or (MSHIM_MEMFUNCS=off) libc's own.
 * To be called once, at the shim's start, while the process has one thread; without the call the best variant
 * is chosen at the first use.
 */
MSHIM_MEMORY_INTERNAL void mshim_memory_select(bool enabled);

/* For tests and the bench: selects a variant by its name, the best one for NULL. False if there is none of
 * that name or the CPU lacks it. */
MSHIM_MEMORY_INTERNAL bool mshim_memory_use(const char *variant);

/* The variant that was chosen; NULL: libc's own functions, or none yet. */
MSHIM_MEMORY_INTERNAL const struct mshim_memory_variant *mshim_memory_chosen(void);

/* Has other functions called instead, which call those of the chosen variant; NULL: no longer. At any time,
 * by any thread: a call meanwhile goes to the one or the other. */
MSHIM_MEMORY_INTERNAL void mshim_memory_put_in_front(const struct mshim_memory_variant *variant);

/* The name of what is in force: a variant's, "libc", or NULL while nothing was called yet. */
MSHIM_MEMORY_INTERNAL const char *mshim_memory_in_force(void);

#endif
