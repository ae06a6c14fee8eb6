/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_LAUNCH_FLAVOUR_H
#define MSHIM_COMMAND_LAUNCH_FLAVOUR_H

/* The two libcs, what runs on which, and the library for each. */

#include <limits.h>
#include <stdbool.h>

enum mshim_flavour { MSHIM_NO_FLAVOUR, MSHIM_MUSL, MSHIM_GLIBC };

/* "musl", "glibc", "another libc" */
const char *mshim_flavour_name(enum mshim_flavour flavour);

/* The libc that a loader (an ELF interpreter) belongs to, by what is in the file; by its name where it can't
 * be read. */
enum mshim_flavour mshim_flavour_of_loader(const char *path);

struct mshim_library {
    char path[PATH_MAX];
    enum mshim_flavour flavour;
    char version[32];
};

/* Reads the note of a file. False if it is no libmshim.so of this machine. */
bool mshim_library_read(struct mshim_library *library, const char *path);

/*
 * Finds the library for a flavour from where this command lies: in a build tree, installed, or unpacked from
 * a tarball. False if there is none; library->path is then the first place that was searched.
 */
bool mshim_library_find(struct mshim_library *library, enum mshim_flavour flavour);

#endif
