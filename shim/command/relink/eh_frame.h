/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_EH_FRAME_H
#define MSHIM_COMMAND_RELINK_EH_FRAME_H

/* The unwind table .eh_frame (Linux Standard Base, "Exception Frames"). */

#include "command/relink/elf_image.h"

/* A frame description entry: how to unwind from one range of code. */
struct mshim_frame {
    uint64_t begin, size; /* addresses of the code */
};

/* Calls `use` for each frame, up to the first of an unknown form. False if `use` returns false, which ends it.
 * *found: there was at least one. */
bool mshim_eh_frame_each(const struct mshim_elf_image *image,
                         bool (*use)(void *context, const struct mshim_frame *frame), void *context,
                         bool *found);

#endif
