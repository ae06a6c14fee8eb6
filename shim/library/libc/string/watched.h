/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_LIBC_STRING_WATCHED_H
#define MSHIM_LIBRARY_LIBC_STRING_WATCHED_H

/* From now on the memory functions are watched now and then, if they are the shim's. Once, at the start,
 * after mshim_memory_select(). */
void mshim_memory_watched_start(void);

#endif
