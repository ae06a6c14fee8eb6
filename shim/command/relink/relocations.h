/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_RELOCATIONS_H
#define MSHIM_COMMAND_RELINK_RELOCATIONS_H

/* The file's relocations: what the loader writes where. */

#include "command/relink/elf_image.h"

struct mshim_relocation {
    uint64_t address; /* first: the key that they are sorted by */
    int64_t addend;
    uint32_t type, symbol;
    size_t entry_offset; /* of the Elf64_Rela in the file */
};

struct mshim_relocations {
    struct mshim_relocation *relocation; /* by address */
    size_t count;
};

/* Call mshim_relocations_drop even after a failure. */
bool mshim_relocations_read(struct mshim_relocations *relocations, const struct mshim_elf_image *image,
                            struct mshim_reason *reason);
void mshim_relocations_drop(struct mshim_relocations *relocations);

/* The relocation at an address; NULL if there is none, or more than one. */
const struct mshim_relocation *mshim_relocations_find(const struct mshim_relocations *relocations,
                                                      uint64_t address);

#endif
