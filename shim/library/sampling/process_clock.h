/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_PROCESS_CLOCK_H
#define MSHIM_LIBRARY_SAMPLING_PROCESS_CLOCK_H

/* The cycle counter of this process and those it is forked from: whether it may be read, and its rate. */

#include "library/sampling/cycles.h"
#include "library/sampling/tick.h"

#include <stdbool.h>

/* Reads counter and clock for the first time. True: it is the first time, and the counter can be used; two
 * threads may both be told so, and then come to the same. */
bool mshim_clock_start(void);
bool mshim_clock_is_usable(void);

/* From now on the kernel must not be asked: a sandbox may answer by a signal. */
void mshim_clock_set_sandboxed(void);
bool mshim_clock_is_sandboxed(void);

/* From now on the counter must not be read. */
void mshim_clock_stop(void);

/* Counter and CLOCK_MONOTONIC, read together, give the rate; 0 in the first millisecond. */
double mshim_clock_cycles_per_ns(uint64_t cycles, uint64_t ns);

/* What timing itself takes: see empty_call_cycles in mshim/stats.h. */
void mshim_clock_set_empty(double call_cycles, double gap_cycles);

/* Into the stats file: counter and CLOCK_MONOTONIC, read together. */
void mshim_clock_publish(uint64_t cycles, uint64_t ns);

#endif
