/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_TICK_H
#define MSHIM_LIBRARY_SAMPLING_TICK_H

/*
 * The kernel's tick, observed without a system call, a signal or a thread.
 *
 * On every tick (100 to 1000 per second) the kernel writes the time of CLOCK_MONOTONIC_COARSE to the page
 * that the vDSO reads. One word of that page holds its nanoseconds. Where it is differs between kernels, so
 * it is found by its value, once. If the word differs before and after some code, a tick came in between:
 * what a profiler learns by interrupting the program, for two loads. (In the kernel: lib/vdso/gettimeofday.c,
 * do_coarse(); include/vdso/datapage.h.)
 */

#include "shared/base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

extern MSHIM_HIDDEN const volatile uint64_t *mshim_tick_word; /* never NULL */
extern MSHIM_HIDDEN uint64_t mshim_tick_ns;                   /* period; 0: ticks cannot be observed */

/* The time of the last tick: nanoseconds within its second. */
static MSHIM_ALWAYS_INLINE uint64_t mshim_tick(void) {
    return *mshim_tick_word;
}

/* Finds the word. Once, at start: reads /proc/self/maps. */
void mshim_tick_start(void);

/* Checks that the word still is the right one: in another time namespace it is not. Makes no system call. */
void mshim_tick_check(void);

/* The number of ticks from one value of mshim_tick() to a later one, less than a second after it. */
uint64_t mshim_ticks_between(uint64_t from, uint64_t to);

/* To be called when a tick was observed to have just come, at `now_ns` (CLOCK_MONOTONIC): mshim_tick_due_ns
 * learns from it. */
void mshim_tick_seen(uint64_t now_ns);

/* Time from `now_ns` (CLOCK_MONOTONIC) to the next tick; 0: it is overdue. */
uint64_t mshim_tick_due_ns(uint64_t now_ns);

#endif
