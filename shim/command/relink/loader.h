/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_LOADER_H
#define MSHIM_COMMAND_RELINK_LOADER_H

/* Where the dynamic loader of each libc finds a library, given this process's environment. Runs nothing. */

#include <limits.h>
#include <stdbool.h>

struct mshim_loader {
    bool is_musl;
    char path[PATH_MAX]; /* of the loader itself, which with musl is the libc, too; "" if unknown */
};

/* An object that needs libraries. */
struct mshim_needing {
    const char *path;
    const char *rpath, *runpath;    /* NULL if it has none */
    const struct mshim_needing *by; /* the one that needs this one; NULL for the program */
};

/* Finds a library by the name in an object's DT_NEEDED. */
bool mshim_loader_find(char path[PATH_MAX], const struct mshim_loader *loader,
                       const struct mshim_needing *object, const char *name);

#endif
