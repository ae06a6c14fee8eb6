/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_EXTENTS_H
#define MSHIM_COMMAND_RELINK_EXTENTS_H

/* Where functions begin and end, by the file's symbols and by its tables for unwinding. */

#include "command/relink/image.h"

struct mshim_extent {
    uint64_t begin, end; /* `end` is that of the longest one that began so far */
};

struct mshim_extents {
    struct mshim_extent *extent; /* sorted, one a beginning */
    size_t count, room;
    bool complete; /* there are tables for unwinding: they cover all that compilers make */
};

/* mshim_extents_drop is to be called either way. */
bool mshim_extents_read(struct mshim_extents *extents, const struct mshim_image *image,
                        struct mshim_reason *reason);
void mshim_extents_drop(struct mshim_extents *extents);

bool mshim_extents_add(struct mshim_extents *extents, uint64_t begin, uint64_t size);

/* Adds those of .eh_frame. False where there is not enough memory. Stops at what it does not know: the
 * extents are incomplete then. */
bool mshim_extents_unwinding(struct mshim_extents *extents, const struct mshim_image *image);

/* The index of the first that begins at an address or behind it. */
size_t mshim_extents_from(const struct mshim_extents *extents, uint64_t address);

#endif
