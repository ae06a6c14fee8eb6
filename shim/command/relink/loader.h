/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_LOADER_H
#define MSHIM_COMMAND_RELINK_LOADER_H

/* Where the loader of each libc finds a library, with the environment that this process has. Nothing is run.
 */

#include <limits.h>
#include <stdbool.h>

struct mshim_loader {
    bool is_musl;
    char path[PATH_MAX]; /* of the loader itself, which is musl's libc, too; "" where it is not known */
};

/* An object that needs libraries, as its dynamic section tells. */
struct mshim_needing {
    const char *path;
    const char *rpath, *runpath;    /* NULL where it has none */
    const struct mshim_needing *by; /* the one that it was loaded for; NULL for the first */
};

/* Finds a library by the name that an object gives. */
bool mshim_loader_find(char path[PATH_MAX], const struct mshim_loader *loader,
                       const struct mshim_needing *object, const char *name);

/* Finds a name in /etc/ld.so.cache or a file like it. */
bool mshim_loader_cache_find(char path[PATH_MAX], const char *cache, const char *name);

#endif
