/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_RELINK_DECODE_H
#define MSHIM_COMMAND_RELINK_DECODE_H

/* Instructions, by Zydis: where they end, where they go, and what they refer to. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mshim_flow {
    MSHIM_NO_BRANCH,
    MSHIM_CALL,         /* the distance stands in the instruction */
    MSHIM_JUMP,         /* conditional ones, too */
    MSHIM_CALL_BY_SLOT, /* the address is read from memory beside the instruction: call *slot(%rip) */
    MSHIM_JUMP_BY_SLOT,
};

struct mshim_instruction {
    uint64_t address;
    unsigned length;
    enum mshim_flow flow;
    bool refers;     /* has an operand relative to its own address: a branch's target or a piece of memory */
    uint64_t target; /* of that */
    unsigned field, field_bytes; /* the distance in the instruction, and its size */
};

/* Decodes the first instruction of `bytes`. False where there is none that fits. */
bool mshim_decode(const unsigned char *bytes, size_t size, uint64_t address,
                  struct mshim_instruction *instruction);

#endif
