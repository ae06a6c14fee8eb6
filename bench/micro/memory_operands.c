/* SPDX-License-Identifier: MIT */
#include "memory_operands.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64, FILLER = 'a', NEEDLE = 'b' };

const struct memory_band memory_bands[MEMORY_BANDS] = {
    {"1-16", 1, 16, 16 << 10, 512, false},
    {"17-64", 17, 64, 16 << 10, 512, false},
    {"65-256", 65, 256, 32 << 10, 512, false},
    {"257-1K", 257, 1 << 10, 64 << 10, 256, false},
    {"1K-16K", (1 << 10) + 1, 16 << 10, 512 << 10, 64, true},
    {"16K-1M", (16 << 10) + 1, 1 << 20, 8 << 20, 8, true},
    {"over 1M", (1 << 20) + 1, 16 << 20, 34 << 20, 2, true},
};
const struct memory_function memory_functions[MEMORY_FUNCTIONS] = {
    {"memcpy", COPY},
    {"memmove", MOVE},
    {"memset", SET},
    {"memcmp", COMPARE},
    {"bcmp", COMPARE},
    {"memchr", FIND},
    {"memrchr", FIND_LAST},
    {"strlen", LENGTH},
    {"strchr", FIND_IN_STRING},
    {"strcmp", COMPARE_STRINGS},
    {"strncmp", COMPARE_STRINGS},
    {"wmemchr", FIND_WIDE},
};
static unsigned char *operand_a, *operand_b;
static size_t operand_room;
static uint64_t random_state = 0x9e3779b97f4a7c15u;

/* Of the slots laid last: one more than where a byte was planted, 0 for nowhere. */
static size_t slot_count, undo_a[MEMORY_MAX_CALLS], undo_b[MEMORY_MAX_CALLS];

_Noreturn void memory_die(const char *what, const char *detail) {
    fprintf(stderr, "memory: %s: %s\n", what, detail);
    exit(1);
}

static unsigned char *map_operand(size_t bytes) {
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        memory_die("cannot map", "operands");
    return at;
}

void memory_operands_map(void) {
    for (size_t i = 0; i < MEMORY_BANDS; i++)
        if (memory_bands[i].operand_bytes > operand_room)
            operand_room = memory_bands[i].operand_bytes;
    operand_a = map_operand(operand_room);
    operand_b = map_operand(operand_room);
}

void memory_operands_fill(void) {
    memset(operand_a, FILLER, operand_room);
    memset(operand_b, FILLER, operand_room);
}

static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1du >> 11;
}

uint64_t memory_random_below(uint64_t limit) {
    return next_random() % limit;
}

static size_t random_size(const struct memory_band *band) {
    if (!band->logarithmic)
        return band->from_bytes + memory_random_below(band->to_bytes - band->from_bytes + 1);
    double unit = (double)memory_random_below(1 << 20) / (1 << 20);
    double from = log((double)band->from_bytes), to = log((double)band->to_bytes);
    return (size_t)exp(from + (to - from) * unit);
}

size_t memory_slots_lay(enum memory_shape shape, const struct memory_band *band, struct memory_call *slots) {
    size_t stride = (band->to_bytes + 3 * ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (shape == MOVE)
        stride += band->to_bytes / ALIGNMENT * ALIGNMENT;
    size_t count = band->operand_bytes / stride;
    if (count > MEMORY_MAX_CALLS)
        count = MEMORY_MAX_CALLS;
    if (count == 0 || count * stride > operand_room)
        memory_die("no room for band", band->name);
    for (size_t i = 0; i < count; i++) {
        size_t n = random_size(band);
        unsigned char *a = operand_a + i * stride + memory_random_below(ALIGNMENT);
        unsigned char *b = operand_b + i * stride + memory_random_below(ALIGNMENT);
        bool hit = memory_random_below(2);
        struct memory_call call = {a, b, n, NEEDLE};
        undo_a[i] = undo_b[i] = 0;
        switch (shape) {
        case COPY:
            break;
        case MOVE: /* source and destination in one slot, which overlap as often as chance has it */
            call.a = operand_a + i * stride + memory_random_below(band->to_bytes);
            call.b = operand_a + i * stride + memory_random_below(band->to_bytes);
            break;
        case SET:
            call.c = FILLER;
            break;
        case COMPARE:
            if (hit)
                b[n - 1] = (unsigned char)(FILLER - 1 + 2 * memory_random_below(2)),
                      undo_b[i] = (size_t)(&b[n - 1] - operand_b) + 1;
            break;
        case FIND:
            if (hit)
                a[n - 1] = NEEDLE, undo_a[i] = (size_t)(&a[n - 1] - operand_a) + 1;
            break;
        case FIND_LAST:
            if (hit)
                a[0] = NEEDLE, undo_a[i] = (size_t)(a - operand_a) + 1;
            break;
        case FIND_WIDE:
            call.a = a - ((uintptr_t)a & 3);
            call.n = (n + 3) / 4;
            if (hit) {
                unsigned char *last = call.a + 4 * (call.n - 1);
                memcpy(last, &call.c, 4), undo_a[i] = (size_t)(last - operand_a) + 1;
            }
            break;
        case LENGTH:
            a[n] = 0, undo_a[i] = (size_t)(&a[n] - operand_a) + 1;
            break;
        case FIND_IN_STRING:
            a[n] = hit ? NEEDLE : 0, undo_a[i] = (size_t)(&a[n] - operand_a) + 1;
            break;
        case COMPARE_STRINGS:
            a[n] = 0, undo_a[i] = (size_t)(&a[n] - operand_a) + 1;
            b[n] = hit ? FILLER : 0, undo_b[i] = (size_t)(&b[n] - operand_b) + 1;
            call.n = memory_random_below(2) ? n : n + 1 + memory_random_below(64);
            break;
        }
        slots[i] = call;
    }
    return slot_count = count;
}

void memory_slots_clear(void) {
    for (size_t i = 0; i < slot_count; i++) {
        if (undo_a[i])
            memset(&operand_a[undo_a[i] - 1], FILLER, 4); /* one byte, or one wide character */
        if (undo_b[i])
            operand_b[undo_b[i] - 1] = FILLER;
    }
}
