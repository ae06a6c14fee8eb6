/* SPDX-License-Identifier: MIT */
/* What the driver (memory.c) and the calling objects (memory_calls.c) share. */
#ifndef MSHIM_BENCH_MICRO_MEMORY_H
#define MSHIM_BENCH_MICRO_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* One call: the meaning of the operands is that of the function's own parameters, in their order. */
struct memory_call {
    unsigned char *a;
    unsigned char *b;
    size_t n;
    int c;
};

/* Makes `count` calls one after another; the sum of the results keeps them from being left out. */
typedef uint64_t memory_caller(const struct memory_call *calls, size_t count);

struct memory_caller_row {
    const char *function;
    memory_caller *run;
};

/* Each calling object exports its table, ended by a row without a name. */
#define MEMORY_CALLERS_SYMBOL "memory_callers"

#endif
