/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_INTERPOSED_H
#define MSHIM_LIBRARY_PROCESS_INTERPOSED_H

#include <stdbool.h>

/* Do the program's calls of malloc reach this library? They do not where the program defines malloc itself.
 * Called before there are threads. */
bool mshim_malloc_is_interposed(void);

#endif
