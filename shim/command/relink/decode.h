/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_DECODE_H
#define MSHIM_COMMAND_RELINK_DECODE_H

/* Instructions, as Zydis decodes them: their length, and what they refer to. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mshim_flow {
    MSHIM_FLOW_NONE,
    MSHIM_FLOW_CALL,         /* direct */
    MSHIM_FLOW_JUMP,         /* direct, conditional or not */
    MSHIM_FLOW_CALL_BY_SLOT, /* call *slot(%rip) */
    MSHIM_FLOW_JUMP_BY_SLOT,
};

struct mshim_instruction {
    uint64_t address;
    unsigned length;
    enum mshim_flow flow;
    bool is_nop;
    bool is_indirect; /* jumps to an address from a register or from memory other than a slot */
    bool is_movable;  /* calculates or copies: does not branch, nor depend on its address but by `target` */
    bool is_by_rax;   /* its only operand in memory is displacement(%rax), with four bytes */
    unsigned modrm;   /* the offset of that byte */
    bool refers;      /* has an operand relative to rip: the target of a branch, or memory */
    uint64_t target;  /* that operand's address */
    unsigned field, field_bytes; /* offset and size of its displacement, and of that of is_by_rax */
};

/* Decodes the first instruction of `bytes`. False if it is unknown or does not fit in `size`. */
bool mshim_decode(const unsigned char *bytes, size_t size, uint64_t address,
                  struct mshim_instruction *instruction);

#endif
