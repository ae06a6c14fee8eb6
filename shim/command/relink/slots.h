/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_SLOTS_H
#define MSHIM_COMMAND_RELINK_SLOTS_H

/* What the loader writes where: the file's own relocations, by address. */

#include "command/relink/image.h"

struct mshim_slot {
    uint64_t address; /* first: what they are sorted by */
    int64_t addend;
    uint32_t type, symbol;
    size_t entry_offset; /* of the Elf64_Rela in the file */
};

struct mshim_slots {
    struct mshim_slot *slot; /* sorted by address */
    size_t count;
};

/* mshim_slots_drop is to be called either way. */
bool mshim_slots_read(struct mshim_slots *slots, const struct mshim_image *image,
                      struct mshim_reason *reason);
void mshim_slots_drop(struct mshim_slots *slots);

/* The one relocation at an address; NULL where there is none, or more than one. */
const struct mshim_slot *mshim_slots_find(const struct mshim_slots *slots, uint64_t address);

#endif
