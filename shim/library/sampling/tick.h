/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_TICK_H
#define MSHIM_LIBRARY_SAMPLING_TICK_H

/*
 * The kernel's tick, seen without a system call, a signal or a thread.
 *
 * On every tick (100 to 1000 times a second) the kernel writes the time of CLOCK_MONOTONIC_COARSE into the
 * page that the vDSO reads. On that page a word holds its nanoseconds; where it lies differs between kernels,
 * so it is looked for once, by its value. A word that differs before and after some code says that the tick
 * came in between: what a profiler learns by interrupting the program, for two loads. (The kernel's side:
 * lib/vdso/gettimeofday.c, do_coarse(); include/vdso/datapage.h.)
 */

#include <stdbool.h>
#include <stdint.h>

extern const volatile uint64_t *mshim_tick_word __attribute__((visibility("hidden"))); /* never NULL */
extern uint64_t mshim_tick_ns __attribute__((visibility("hidden"))); /* between two; 0: they are not seen */

/* The time of the last tick in nanoseconds, of its second only. */
static inline __attribute__((always_inline)) uint64_t mshim_tick(void) {
    return *mshim_tick_word;
}

/* Looks for the word. Reads /proc/self/maps: once, early. */
void mshim_tick_start(void);

/* Whether the word still is what it was: a new time namespace has another page. Makes no system call. */
void mshim_tick_check(void);

/* How many ticks there were from one value of mshim_tick() to another; of one second only. */
uint64_t mshim_ticks_between(uint64_t from, uint64_t to);

/* A tick has come just before `now_ns` (CLOCK_MONOTONIC). What follows learns from it. */
void mshim_tick_seen(uint64_t now_ns);

/* From `now_ns` (CLOCK_MONOTONIC) to the next tick; 0: it is late. */
uint64_t mshim_tick_due_ns(uint64_t now_ns);

#endif
