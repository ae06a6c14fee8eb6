/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_EH_FRAME_H
#define MSHIM_COMMAND_RELINK_EH_FRAME_H

/* The unwind table .eh_frame (Linux Standard Base, "Exception Frames"). */

#include "command/relink/elf_image.h"

enum mshim_frame_kind {
    MSHIM_FRAME_OTHER,
    MSHIM_FRAME_LEAF, /* throughout, the return address is at the top of the stack, and nothing is saved */
    MSHIM_FRAME_LAZY_PLT, /* the same in the first MSHIM_FRAME_LAZY_PLT_BYTES of each entry but the first */
};

enum { MSHIM_PLT_ENTRY_BYTES = 16, MSHIM_FRAME_LAZY_PLT_BYTES = 10 };

/* A frame description entry: how to unwind from one range of code. */
struct mshim_frame {
    uint64_t begin, size; /* of the code */
    size_t size_offset;   /* of the field in the file that holds `size` */
    unsigned size_bytes;  /* of that field */
    enum mshim_frame_kind kind;
    bool is_simple; /* no personality routine, no landing pads */
};

/* What mshim_eh_frame_each has seen. */
struct mshim_eh_frame {
    bool any;   /* there was a frame */
    bool whole; /* all records had a known form */
};

/* Calls `use` for each frame, up to the first record of an unknown form. False if `use` returns false, which
 * ends it. */
bool mshim_eh_frame_each(const struct mshim_elf_image *image,
                         bool (*use)(void *context, const struct mshim_frame *frame), void *context,
                         struct mshim_eh_frame *seen);

#endif
