/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_RELINK_STARTS_H
#define MSHIM_RELINK_STARTS_H

/* Where functions begin, by the file's symbols. */

#include "relink/image.h"

struct mshim_starts {
    uint64_t *address; /* sorted */
    size_t count;
};

/* False where there is not enough memory. */
bool mshim_starts_read(struct mshim_starts *starts, const struct mshim_image *image);
void mshim_starts_drop(struct mshim_starts *starts);

/* The index of the first that is not below an address. */
size_t mshim_starts_from(const struct mshim_starts *starts, uint64_t address);

#endif
