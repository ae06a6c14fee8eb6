/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_CODE_H
#define MSHIM_COMMAND_RELINK_CODE_H

/*
 * The file's code, decoded function by function. All of it has to fit together: each function consists of
 * whole instructions, and each branch goes to the beginning of one. In a file with unwind tables, which list
 * every compiled function, what lies outside of all functions is skipped. In one without, all code must
 * decode to instructions or padding.
 */

#include "command/relink/decode.h"
#include "command/relink/function_ranges.h"
#include "command/relink/relocations.h"

/* A section of code. */
struct mshim_region {
    const char *name;
    uint64_t address;
    size_t offset, size;
    /* Bitmaps: an instruction begins at this byte, a branch goes to it, something else refers to it. */
    unsigned char *starts, *targets, *pointed;
};

struct mshim_instructions {
    struct mshim_instruction *item; /* by address */
    size_t count, capacity;
};

struct mshim_code {
    const struct mshim_elf_image *image;
    struct mshim_region *region; /* by address */
    size_t region_count;
    struct mshim_instructions branches;       /* calls and jumps into the PLT */
    struct mshim_instructions references;     /* what refers to a tls_index in the GOT */
    struct mshim_instructions plt_references; /* what refers to the PLT, or to a slot of it, in another way */
    struct mshim_instructions far_jumps;      /* direct ones, that may leave the function */
    struct mshim_instructions indirect_jumps;
    struct mshim_function_range *left; /* what is outside of all functions, by address */
    size_t left_count, left_capacity;
    size_t left_bytes; /* in long stretches of it */
};

/* Call mshim_code_drop even after a failure. */
bool mshim_code_read(struct mshim_code *code, const struct mshim_elf_image *image,
                     const struct mshim_relocations *relocations, struct mshim_reason *reason);
void mshim_code_drop(struct mshim_code *code);

/* Does an instruction begin at the address? */
bool mshim_code_starts_at(const struct mshim_code *code, uint64_t address);

/* Is the byte at the address part of a decoded instruction or of padding? */
bool mshim_code_is_decoded(const struct mshim_code *code, uint64_t address);

/* Calls `use` for any four bytes, at `field`, of code outside of the PLT that was not decoded, which as a
 * displacement would lead to a target in [low, low + span). False if `use` returns false, which ends it. */
bool mshim_code_each_undecoded(const struct mshim_code *code, uint64_t low, uint64_t span,
                               bool (*use)(void *context, uint64_t field, uint64_t target), void *context);

/* Does a pointer or code other than a branch refer to a place in [from, to)? */
bool mshim_code_is_pointed_into(const struct mshim_code *code, uint64_t from, uint64_t to);

/* Does a branch go into [from, to)? */
bool mshim_code_is_entered(const struct mshim_code *code, uint64_t from, uint64_t to);

/* The address of the tls_index in the GOT that has one of its two words at `address`; false if none has. */
bool mshim_code_tls_index(const struct mshim_relocations *relocations, uint64_t address, uint64_t *index);

#endif
