/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_OBJECTS_H
#define MSHIM_COMMAND_RELINK_OBJECTS_H

/* A program or a library, and all libraries that the loader would load with it. */

#include "command/relink/elf_image.h"
#include "command/relink/file.h"
#include "command/relink/loader.h"

struct mshim_object {
    struct mshim_file file;
    struct mshim_elf_image image; /* of the file's bytes */
    char path[PATH_MAX];          /* by which it was found */
    const char *name;             /* in the first DT_NEEDED that asked for it; NULL for the first object */
    struct mshim_needing needing;
};

enum { MSHIM_MAX_OBJECTS = 256 };

struct mshim_objects {
    struct mshim_object *object[MSHIM_MAX_OBJECTS]; /* the first is the program or library itself */
    size_t count;
    char missing[512]; /* libraries that were not found or cannot be read, separated by commas */
};

/* Reads the program or library. False, with the reason, on failure. Call mshim_objects_drop even then. */
bool mshim_objects_begin(struct mshim_objects *objects, const char *path, struct mshim_reason *reason);

/* Adds the libraries that it needs. */
void mshim_objects_complete(struct mshim_objects *objects, const struct mshim_loader *loader);
void mshim_objects_drop(struct mshim_objects *objects);

/* Does the object need a library whose name begins with `name`? */
bool mshim_object_needs(const struct mshim_object *object, const char *name);

/* Does the object define a symbol of that name? */
bool mshim_object_defines(const struct mshim_object *object, const char *name);

#endif
