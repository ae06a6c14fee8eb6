/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_OBJECTS_H
#define MSHIM_COMMAND_RELINK_OBJECTS_H

/* A program or a library, and all libraries that come with it, as the loader would bring them together. */

#include "command/relink/file.h"
#include "command/relink/image.h"
#include "command/relink/loader.h"

struct mshim_object {
    struct mshim_file file;
    struct mshim_image image; /* its bytes are those of the file */
    char path[PATH_MAX];      /* as it was found */
    const char *name;         /* by which it was asked for first; NULL of the first */
    struct mshim_needing needing;
};

enum { MSHIM_OBJECTS = 256 };

struct mshim_objects {
    struct mshim_object *object[MSHIM_OBJECTS]; /* the first is the one that was asked for */
    size_t count;
    char
        missing[512]; /* names of libraries that were not found or cannot be read, with commas between them */
};

/* Reads the first. False, with the reason, where that cannot be; mshim_objects_drop is to be called either
 * way. */
bool mshim_objects_begin(struct mshim_objects *objects, const char *path, struct mshim_reason *reason);

/* Adds what that needs. */
void mshim_objects_complete(struct mshim_objects *objects, const struct mshim_loader *loader);
void mshim_objects_drop(struct mshim_objects *objects);

/* Does the object need a library whose name begins so? */
bool mshim_object_needs(const struct mshim_object *object, const char *name);

/* Does the object define a symbol of that name? */
bool mshim_object_defines(const struct mshim_object *object, const char *name);

#endif
