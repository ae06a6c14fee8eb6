/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_PLT_H
#define MSHIM_COMMAND_RELINK_PLT_H

/* The procedure linkage table, in the forms that GNU ld, lld and mold write. */

#include "command/relink/elf_image.h"

/* Is it the name of a section of the PLT? */
bool mshim_plt_is_section(const char *name);

/* Is the address in a section of the PLT? */
bool mshim_plt_contains(const struct mshim_elf_image *image, uint64_t address);

/* How many bytes of the entry can be overwritten once nothing calls it any more: at least `min_bytes`, up to
 * the end of an instruction. 0 if there are fewer. */
size_t mshim_plt_capacity(const struct mshim_elf_image *image, uint64_t address, size_t min_bytes);

/* The GOT slot that the entry at `address` jumps through. False where the entry's form is not known. */
bool mshim_plt_slot(const struct mshim_elf_image *image, uint64_t address, uint64_t *slot);

#endif
