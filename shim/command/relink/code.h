/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_CODE_H
#define MSHIM_COMMAND_RELINK_CODE_H

/*
 * The file's code, decoded function by function. It counts as understood only where all of it fits together:
 * every function is made of instructions from its beginning to its end, and every branch goes to the
 * beginning of one. Where the file has no tables for unwinding, so that there may be functions that nothing
 * tells of, all of its code must be instructions or padding; where it has, what lies outside of all functions
 * is left alone.
 */

#include "command/relink/decode.h"
#include "command/relink/extents.h"
#include "command/relink/slots.h"

/* A section of code. */
struct mshim_region {
    const char *name;
    uint64_t address;
    size_t offset, size;
    unsigned char *starts, *targets; /* a bit a byte: an instruction begins here, a branch goes here */
};

struct mshim_code {
    const struct mshim_image *image;
    struct mshim_region *region; /* by address */
    size_t region_count;
    struct mshim_instruction *branch; /* calls and jumps into the PLT, by address */
    size_t branch_count, branch_room;
    struct mshim_instruction *reference; /* to a pair that describes a thread-local variable, by address */
    size_t reference_count, reference_room;
    struct mshim_extent *left;                /* what is outside of all functions, by address */
    size_t left_count, left_room, left_bytes; /* without small stretches */
};

/* mshim_code_drop is to be called either way. */
bool mshim_code_read(struct mshim_code *code, const struct mshim_image *image,
                     const struct mshim_slots *slots, struct mshim_reason *reason);
void mshim_code_drop(struct mshim_code *code);

/* Is the address in one of the sections of the PLT that calls go to? */
bool mshim_code_in_plt(const struct mshim_image *image, uint64_t address);

/* Does an instruction begin at the address? */
bool mshim_code_starts_at(const struct mshim_code *code, uint64_t address);

/* Was the byte at the address decoded as a part of an instruction or of padding? */
bool mshim_code_is_decoded(const struct mshim_code *code, uint64_t address);

/* Does a branch go to a place within [from, to)? */
bool mshim_code_is_entered(const struct mshim_code *code, uint64_t from, uint64_t to);

/* The address of the pair of slots that [address] belongs to, a module's number and an offset for
 * __tls_get_addr; false where it is something else. */
bool mshim_code_pair(const struct mshim_slots *slots, uint64_t address, uint64_t *pair);

#endif
