/* SPDX-License-Identifier: MIT */
/* What memory.c measures, and the operands that it is measured on. */
#ifndef MSHIM_BENCH_MICRO_MEMORY_OPERANDS_H
#define MSHIM_BENCH_MICRO_MEMORY_OPERANDS_H

#include "memory.h"

#include <stdbool.h>

enum { MEMORY_MAX_CALLS = 512, MEMORY_BANDS = 7, MEMORY_FUNCTIONS = 12 };

struct memory_band {
    const char *name;
    size_t from_bytes, to_bytes;
    size_t operand_bytes; /* room for one operand of all slots: small bands stay in the first-level cache */
    size_t calls;
    bool logarithmic;
};

/* How the operands of a function are laid: what `n` scanned or copied bytes mean to it. */
enum memory_shape {
    COPY,
    MOVE,
    SET,
    COMPARE,
    FIND,
    FIND_LAST,
    FIND_WIDE,
    LENGTH,
    FIND_IN_STRING,
    COMPARE_STRINGS
};

struct memory_function {
    const char *name;
    enum memory_shape shape;
};

extern const struct memory_band memory_bands[MEMORY_BANDS];
extern const struct memory_function memory_functions[MEMORY_FUNCTIONS];

uint64_t memory_random_below(uint64_t limit);
_Noreturn void memory_die(const char *what, const char *detail);

/* Room for the operands of all bands; `fill` puts the filler into it. */
void memory_operands_map(void);
void memory_operands_fill(void);

/* The slots of one turn (MEMORY_MAX_CALLS at most): each has its size, alignments and planted bytes. Their
 * number. */
size_t memory_slots_lay(enum memory_shape shape, const struct memory_band *band, struct memory_call *slots);

/* Restores the filler where bytes were planted in the slots laid last. */
void memory_slots_clear(void);

#endif
