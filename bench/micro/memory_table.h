/* SPDX-License-Identifier: MIT */
/* The figures of memory.c, as text and as JSON. */
#ifndef MSHIM_BENCH_MICRO_MEMORY_TABLE_H
#define MSHIM_BENCH_MICRO_MEMORY_TABLE_H

#include "memory_operands.h"

enum { MEMORY_MAX_ARMS = 12 };

struct memory_figure {
    double ns_per_call, ratio; /* ratio to the first arm; 0: not measured */
};

struct memory_figures {
    size_t arm_count;
    const char *arms[MEMORY_MAX_ARMS];
    struct memory_figure of[MEMORY_FUNCTIONS][MEMORY_BANDS][MEMORY_MAX_ARMS];
};

/* `path` may be - for stdout. */
void memory_table_json(const char *path, const struct memory_figures *figures);

/* One line a function, of ratios to the first arm or of ns per call; what was not measured is left out. */
void memory_table_print(const struct memory_figures *figures, size_t arm, bool ratios);

#endif
