/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_FUNCTION_RANGES_H
#define MSHIM_COMMAND_RELINK_FUNCTION_RANGES_H

/* Where functions begin and end, by the file's symbols and unwind tables. */

#include "command/relink/elf_image.h"

struct mshim_function_range {
    uint64_t begin; /* first: the key that they are sorted by */
    uint64_t end;   /* of the longest function that begins here or before */
};

struct mshim_function_ranges {
    struct mshim_function_range *range; /* one for each beginning */
    size_t count, capacity;
    bool complete; /* the unwind tables cover all that was compiled */
};

/* Call mshim_function_ranges_drop even after a failure. */
bool mshim_function_ranges_read(struct mshim_function_ranges *ranges, const struct mshim_elf_image *image,
                                struct mshim_reason *reason);
void mshim_function_ranges_drop(struct mshim_function_ranges *ranges);

/* The index of the first that begins at `address` or after it. */
size_t mshim_function_ranges_from(const struct mshim_function_ranges *ranges, uint64_t address);

#endif
