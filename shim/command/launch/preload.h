/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_PRELOAD_H
#define MSHIM_COMMAND_LAUNCH_PRELOAD_H

/* The list that LD_PRELOAD holds. Both loaders split it at colons and white space. */

#include "command/launch/flavour.h"

#include <stdbool.h>
#include <stddef.h>

/* Can the path stand in the list? glibc also expands $ORIGIN and the like in it. */
bool mshim_preload_can_name(const char *path);

/* The next entry of the list at *list, which is moved on. Returns its length, 0 at the end. */
size_t mshim_preload_next(const char **list, const char **entry);

/* Is an entry some libmshim.so, whether or not it is there? *library is filled in where its file could be
 * read, else library->flavour is MSHIM_NO_FLAVOUR. */
bool mshim_preload_is_own(const char *entry, size_t length, struct mshim_library *library);

/* `path`, then what `list` (may be NULL) holds, less every other libmshim.so. Allocated; NULL without memory.
 */
char *mshim_preload_with(const char *path, const char *list);

#endif
