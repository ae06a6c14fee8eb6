/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_STREAM_H
#define MSHIM_LIBRARY_SAMPLING_STREAM_H

/* What the files of this folder share: clock.c, large.c, memory.c, window.c and sampler.c. */

#include "library/sampling/sampler.h"

/* Whether anything can be timed; measures, once, what timing itself takes. */
bool mshim_clock_is_usable(void);
bool mshim_clock_is_sandboxed(void);

uint64_t mshim_clock_read_ns(int clock);

/* Of the counter, by CLOCK_MONOTONIC; 0 as long as that cannot be told. */
double mshim_cycles_a_ns(uint64_t cycles, uint64_t ns);

/* Puts both into the page. */
void mshim_clock_publish(uint64_t cycles, uint64_t ns);

/* Each as likely: no program keeps step with it. */
uint64_t mshim_random_below(struct mshim_time_stream *stream, uint64_t limit);

/* A sample that stands for so many calls: the time that it took, and as much of it as the call can explain.
 */
void mshim_time_add(struct mshim_stats_timing_row *row, uint64_t weight, uint64_t took, uint64_t cycles);
unsigned mshim_time_class(uint64_t cycles);

/* What a call of so many bytes can explain of the time that went by; beyond that the thread has waited for a
 * processor. */
uint64_t mshim_time_cut(uint64_t cycles, size_t bytes);

/* What as many calls took when they passed; 0: not known. */
double mshim_natural_cycles(const struct mshim_time_stream *stream, uint64_t calls);

static inline void mshim_add_ticks(struct mshim_stats_ticks *ticks, uint64_t weight) {
    MSHIM_ADD(ticks->weights, weight);
    MSHIM_ADD(ticks->weights2, weight * weight);
}

void mshim_window_begin(struct mshim_time_stream *stream, uint64_t now);
void mshim_window_before(struct mshim_time_stream *stream);
/* True: that was its last call. */
bool mshim_window_after(const struct mshim_timed_call *call, unsigned row);

void mshim_large_before(struct mshim_timed_call *call);
void mshim_large_after(const struct mshim_timed_call *call, unsigned row);
void mshim_large_ticked(size_t bytes, uint64_t tick);

#endif
