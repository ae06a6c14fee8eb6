/* SPDX-License-Identifier: MIT */
#include "command/relink/decode.h"
#include "command/relink/bytes.h"

#include <Zydis/Decoder.h>

enum {
    CALL_NEAR = 0xe8,
    JUMP_NEAR = 0xe9,
    JUMP_SHORT = 0xeb,
    GROUP_5 = 0xff,
    GROUP_5_CALL = 2,
    GROUP_5_JUMP = 4
};

/* jcc, jrcxz and loop; not xbegin, which is relative, too. */
static bool is_conditional(const ZydisDecodedInstruction *decoded) {
    const unsigned opcode = decoded->opcode;
    return decoded->opcode_map == ZYDIS_OPCODE_MAP_0F ? (opcode & 0xf0) == 0x80
           : decoded->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT
               ? (opcode & 0xf0) == 0x70 || (opcode & 0xfc) == 0xe0
               : false;
}

static enum mshim_flow direct_flow(const ZydisDecodedInstruction *decoded) {
    const bool one_byte = decoded->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT;
    if (one_byte && decoded->opcode == CALL_NEAR)
        return MSHIM_FLOW_CALL;
    if ((one_byte && (decoded->opcode == JUMP_NEAR || decoded->opcode == JUMP_SHORT)) ||
        is_conditional(decoded))
        return MSHIM_FLOW_JUMP;
    return MSHIM_FLOW_NONE;
}

static enum mshim_flow slot_flow(const ZydisDecodedInstruction *decoded) {
    if (decoded->opcode_map != ZYDIS_OPCODE_MAP_DEFAULT || decoded->opcode != GROUP_5)
        return MSHIM_FLOW_NONE;
    return decoded->raw.modrm.reg == GROUP_5_CALL   ? MSHIM_FLOW_CALL_BY_SLOT
           : decoded->raw.modrm.reg == GROUP_5_JUMP ? MSHIM_FLOW_JUMP_BY_SLOT
                                                    : MSHIM_FLOW_NONE;
}

/* AMD and Intel disagree about a branch with an operand-size prefix and without REX.W. */
static bool is_ambiguous(const ZydisDecodedInstruction *decoded) {
    return (decoded->attributes & ZYDIS_ATTRIB_HAS_OPERANDSIZE) && !decoded->raw.rex.W;
}

static bool is_indirect(const ZydisDecodedInstruction *decoded) {
    return decoded->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT && decoded->opcode == GROUP_5 &&
           (decoded->raw.modrm.reg == GROUP_5_JUMP || decoded->raw.modrm.reg == GROUP_5_JUMP + 1);
}

/* Only what compilers use for plain calculations. */
static bool is_movable(const ZydisDecodedInstruction *decoded) {
    switch (decoded->mnemonic) {
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVZX:
    case ZYDIS_MNEMONIC_MOVSX:
    case ZYDIS_MNEMONIC_MOVSXD:
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_CMP:
    case ZYDIS_MNEMONIC_TEST:
    case ZYDIS_MNEMONIC_PXOR:
    case ZYDIS_MNEMONIC_MOVD:
    case ZYDIS_MNEMONIC_MOVQ:
    case ZYDIS_MNEMONIC_MOVAPS:
    case ZYDIS_MNEMONIC_MOVUPS:
    case ZYDIS_MNEMONIC_MOVDQA:
    case ZYDIS_MNEMONIC_MOVDQU:
        return decoded->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY && decoded->length > 1;
    default:
        return false;
    }
}

static bool is_by_rax(const ZydisDecodedInstruction *decoded) {
    return (decoded->attributes & ZYDIS_ATTRIB_HAS_MODRM) && decoded->raw.modrm.mod == 2 &&
           decoded->raw.modrm.rm == 0 && !decoded->raw.rex.B && decoded->raw.disp.size == 32 &&
           !(decoded->attributes & ZYDIS_ATTRIB_HAS_ADDRESSSIZE);
}

bool mshim_decode(const unsigned char *bytes, size_t size, uint64_t address,
                  struct mshim_instruction *instruction) {
    ZydisDecoder decoder;
    ZydisDecodedInstruction decoded;
    ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder, NULL, bytes, size, &decoded)))
        return false;
    *instruction = (struct mshim_instruction){
        .address = address, .length = decoded.length, .is_nop = decoded.mnemonic == ZYDIS_MNEMONIC_NOP};
    instruction->is_movable = is_movable(&decoded);
    if (!(decoded.attributes & ZYDIS_ATTRIB_IS_RELATIVE)) {
        instruction->is_indirect = is_indirect(&decoded);
        instruction->is_by_rax = is_by_rax(&decoded);
        if (instruction->is_by_rax) {
            instruction->modrm = decoded.raw.modrm.offset;
            instruction->field = decoded.raw.disp.offset;
            instruction->field_bytes = MSHIM_DISPLACEMENT_BYTES;
        }
        return true;
    }
    instruction->refers = true;
    int64_t displacement;
    if (decoded.raw.imm[0].is_relative) {
        instruction->flow = direct_flow(&decoded);
        if (is_ambiguous(&decoded))
            return false;
        instruction->field = decoded.raw.imm[0].offset;
        instruction->field_bytes = decoded.raw.imm[0].size / 8;
        displacement = decoded.raw.imm[0].value.s;
    } else {
        instruction->flow = slot_flow(&decoded);
        instruction->field = decoded.raw.disp.offset;
        instruction->field_bytes = decoded.raw.disp.size / 8;
        displacement = decoded.raw.disp.value;
    }
    instruction->target = address + decoded.length + (uint64_t)displacement;
    return true;
}
