/* SPDX-License-Identifier: MIT */
/* The decoded form of instructions, against their encoding in the manual of the processor. */
#include "command/relink/decode.h"

#include <criterion/criterion.h>

enum { AT = 0x401000 };

static struct mshim_instruction decode(const char *bytes, size_t size) {
    struct mshim_instruction found;
    cr_assert(mshim_decode((const unsigned char *)bytes, size, AT, &found));
    return found;
}

#define DECODE(bytes) decode(bytes, sizeof bytes - 1)

static bool is(struct mshim_instruction found, enum mshim_flow flow, unsigned length, unsigned field,
               unsigned field_bytes, uint64_t target) {
    return found.address == AT && found.refers && found.flow == flow && found.length == length &&
           found.field == field && found.field_bytes == field_bytes && found.target == target;
}

Test(relink_decode, branches_with_a_displacement) {
    cr_assert(is(DECODE("\xe8\x10\x00\x00\x00"), MSHIM_FLOW_CALL, 5, 1, 4, AT + 5 + 0x10));
    cr_assert(is(DECODE("\xe9\xf0\xff\xff\xff"), MSHIM_FLOW_JUMP, 5, 1, 4, AT + 5 - 0x10));
    cr_assert(is(DECODE("\xeb\xfe"), MSHIM_FLOW_JUMP, 2, 1, 1, AT));
    cr_assert(is(DECODE("\x74\x10"), MSHIM_FLOW_JUMP, 2, 1, 1, AT + 2 + 0x10));
    cr_assert(is(DECODE("\x0f\x85\x10\x00\x00\x00"), MSHIM_FLOW_JUMP, 6, 2, 4, AT + 6 + 0x10));
    cr_assert(is(DECODE("\xe3\x00"), MSHIM_FLOW_JUMP, 2, 1, 1, AT + 2));
}

Test(relink_decode, prefixes_are_a_part_of_a_branch) {
    cr_assert(is(DECODE("\xf2\xe8\x00\x00\x00\x00"), MSHIM_FLOW_CALL, 6, 2, 4, AT + 6));
    cr_assert(is(DECODE("\x67\xe8\x00\x00\x00\x00"), MSHIM_FLOW_CALL, 6, 2, 4, AT + 6));
    cr_assert(is(DECODE("\x66\x66\x48\xe8\x00\x00\x00\x00"), MSHIM_FLOW_CALL, 8, 4, 4, AT + 8));
}

Test(relink_decode, branches_that_processors_disagree_on_are_unknown) {
    struct mshim_instruction found;
    cr_assert_not(mshim_decode((const unsigned char *)"\x66\xe8\x00\x00\x00\x00", 6, AT, &found));
    cr_assert_not(mshim_decode((const unsigned char *)"\x66\xe9\x00\x00\x00\x00", 6, AT, &found));
}

Test(relink_decode, memory_beside_the_instruction) {
    cr_assert(is(DECODE("\xff\x25\x00\x01\x00\x00"), MSHIM_FLOW_JUMP_BY_SLOT, 6, 2, 4, AT + 6 + 0x100));
    cr_assert(is(DECODE("\xff\x15\x00\x01\x00\x00"), MSHIM_FLOW_CALL_BY_SLOT, 6, 2, 4, AT + 6 + 0x100));
    cr_assert(is(DECODE("\x66\x48\x8d\x3d\x00\x01\x00\x00"), MSHIM_FLOW_NONE, 8, 4, 4, AT + 8 + 0x100));
    /* The displacement counts from the end of the instruction, behind the constant. */
    cr_assert(
        is(DECODE("\xc7\x05\x00\x01\x00\x00\x2a\x00\x00\x00"), MSHIM_FLOW_NONE, 10, 2, 4, AT + 10 + 0x100));
    cr_assert(is(DECODE("\xc7\xf8\x10\x00\x00\x00"), MSHIM_FLOW_NONE, 6, 2, 4, AT + 6 + 0x10)); /* xbegin */
}

Test(relink_decode, other_instructions_refer_to_nothing) {
    cr_assert_not(DECODE("\x90").refers);
    cr_assert_not(DECODE("\xff\xd0").refers);
    cr_assert_not(DECODE("\xff\x24\xc5\x00\x00\x00\x00").refers);
    cr_assert_eq(DECODE("\x64\x48\x8b\x04\x25\x00\x00\x00\x00").length, 9);
}

Test(relink_decode, what_is_cut_off_or_invalid_is_unknown) {
    static const unsigned char call[] = {0xe8, 1, 2, 3, 4}, invalid[] = {0x06, 0, 0, 0};
    struct mshim_instruction found;
    for (size_t size = 0; size < sizeof call; size++)
        cr_assert_not(mshim_decode(call, size, AT, &found), "%zu bytes", size);
    cr_assert_not(mshim_decode(invalid, sizeof invalid, AT, &found));
}
