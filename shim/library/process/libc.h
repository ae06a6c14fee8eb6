/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_LIBC_H
#define MSHIM_LIBRARY_PROCESS_LIBC_H

/* The libc that the process runs on, which need not be the one that this library was built for. */

#include <features.h>
#include <stdbool.h>

#ifdef __GLIBC__
#define MSHIM_LIBC "glibc"
#else
#define MSHIM_LIBC "musl"
#endif

/* Does the process run on the libc that this library was not built for? Then the library steps aside. */
bool mshim_libc_is_other(void);

/* The environment, also before the libc has set `environ`; empty in a process that runs with more privileges
 * than its user has (secure execution). Never NULL. */
const char *const *mshim_environment(void);
bool mshim_execution_is_secure(void);

/* The name of the program's file, as it was started: a program can rewrite its arguments, but not this. It may hold
 * any byte but NUL and '/'. Never empty. */
const char *mshim_program_name(void);

/* Reads it, while the memory that the kernel put it into is still as it was. */
void mshim_program_name_start(void);

/* Identifies this shared object to the libc: defined by the compiler's runtime in each. */
extern void *__dso_handle __attribute__((visibility("hidden")));

/*
 * The libc's own registration of handlers around fork (the program's calls of it come here first,
 * interpose/fork_handlers.c), which glibc takes away again with the object that they belong to. 0, or ENOMEM.
 */
int mshim_at_fork(void (*before)(void), void (*parent)(void), void (*child)(void), void *object);

/* A handler at quick_exit; each libc has its own way. */
void mshim_at_quick_exit(void (*function)(void));

#endif
