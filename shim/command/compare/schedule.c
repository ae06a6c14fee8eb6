/* SPDX-License-Identifier: MIT */
#include "command/compare/schedule.h"
#include "command/compare/design.h"

bool mshim_schedule_looks(size_t turns) {
    size_t look = MSHIM_DESIGN_TURNS_MIN;
    while (look < turns)
        look += look / 8;
    return look == turns;
}

uint64_t mshim_schedule_random(uint64_t *state) {
    /* xorshift64* */
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dull;
}

void mshim_schedule_shuffle(size_t *order, size_t count, uint64_t *state) {
    for (size_t i = 0; i < count; i++) {
        const size_t other = (size_t)((mshim_schedule_random(state) >> 32) * (i + 1) >> 32);
        if (other != i)
            order[i] = order[other];
        order[other] = i;
    }
}
