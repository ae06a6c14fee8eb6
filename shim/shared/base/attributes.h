/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_ATTRIBUTES_H
#define MSHIM_SHARED_BASE_ATTRIBUTES_H

/* What GCC and Clang are told of functions, variables and branches. */

#define MSHIM_EXPORT        __attribute__((visibility("default")))
#define MSHIM_HIDDEN        __attribute__((visibility("hidden")))
#define MSHIM_ALWAYS_INLINE inline __attribute__((always_inline))
#define MSHIM_NOINLINE      __attribute__((noinline))
#define MSHIM_COLD          __attribute__((noinline, cold))

/* For variables that are written at every fork: they lie next to each other, since a page that is written then is copied
 * first, once for the parent and once for the child. */
#define MSHIM_WRITTEN_AT_FORK __attribute__((section("mshim_at_fork")))

/* A thread-local variable of a library that is loaded at program start: found without a call. */
#define MSHIM_TLS_INITIAL_EXEC __attribute__((tls_model("initial-exec")))

#define likely(condition)   __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

#endif
