/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_LIBC_STRING_WATCHED_H
#define MSHIM_LIBRARY_LIBC_STRING_WATCHED_H

/* Lets the memory functions be sampled (sampling/memfuncs.h), if they are the shim's. Once, at start, after
 * mshim_memfuncs_select(). */
void mshim_memfuncs_watched_start(void);

#endif
