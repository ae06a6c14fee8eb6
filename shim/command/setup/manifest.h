/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_SETUP_MANIFEST_H
#define MSHIM_COMMAND_SETUP_MANIFEST_H

/* What `mshim install` has put below a prefix, written down there, so that it can be undone: the files, and
 * the Pythons that were relinked. */

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum mshim_installed_file {
    MSHIM_INSTALLED_COMMAND,
    MSHIM_INSTALLED_LIBRARY, /* of the image's libc */
    MSHIM_INSTALLED_MUSL,    /* of the other libc, one of these */
    MSHIM_INSTALLED_GLIBC,
    MSHIM_INSTALLED_FILES
};

enum { MSHIM_MANIFEST_PYTHONS = 16 };

struct mshim_manifest {
    bool file[MSHIM_INSTALLED_FILES];
    char python[MSHIM_MANIFEST_PYTHONS][PATH_MAX]; /* absolute paths */
    size_t python_count;
};

/* Where a file is, below the prefix: "bin/mshim". */
const char *mshim_installed_name(enum mshim_installed_file file);

/* False, with errno (ENOENT: nothing was installed there), where it cannot be read. Lines that mean nothing
 * are left out. */
bool mshim_manifest_read(struct mshim_manifest *manifest, const char *prefix);

/* False, with errno. */
bool mshim_manifest_write(const struct mshim_manifest *manifest, const char *prefix);

/* Removes it, and the folders below the prefix that are empty then. */
void mshim_manifest_remove(const char *prefix);

/* False where there are too many, or the path has a newline. */
bool mshim_manifest_add_python(struct mshim_manifest *manifest, const char *path);

#endif
