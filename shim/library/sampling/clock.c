/* SPDX-License-Identifier: MIT */
/* The cycle counter and the kernel's clocks, of this process and those it is forked from. */
#include "library/sampling/memory.h"
#include "library/sampling/stream.h"

#include <time.h>

enum { EMPTY_READINGS = 256, LEAST_CLOCK_NS = 1000000 };

static struct {
    enum { NOT_READ, UNUSABLE, READ } state;
    uint64_t from_cycles, from_ns;
    double empty_cycles, empty_gap_cycles;
    bool sandboxed;
} clock_of_process;

uint64_t mshim_clock_read_ns(int clock) {
    struct timespec now = {0, 0};
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The mean of what nothing came in between of. */
static double typical(const uint64_t took[EMPTY_READINGS]) {
    uint64_t least = UINT64_MAX, sum = 0;
    unsigned count = 0;
    for (unsigned i = 0; i < EMPTY_READINGS; i++)
        least = took[i] > 0 && took[i] < least ? took[i] : least;
    for (unsigned i = 0; i < EMPTY_READINGS; i++) {
        if (took[i] > 3 * least)
            continue;
        sum += took[i];
        count++;
    }
    return count ? (double)sum / count : 0;
}

static __attribute__((noinline)) void empty_call(struct mshim_time_stream *stream) {
    MSHIM_TIMED(0, stream, 0, (void)0);
}

/* What the timing itself takes: calls that do nothing, of a program that does nothing, in a window that
 * counts for nobody. */
static void read_empty(void) {
    uint64_t calls[EMPTY_READINGS], gaps[EMPTY_READINGS];
    struct mshim_time_stream stream = {
        .state = MSHIM_TIME_WINDOW, .opening = true, .left = EMPTY_READINGS + 1};
    empty_call(&stream);
    for (unsigned i = 0; i < EMPTY_READINGS; i++) {
        stream.fenced = stream.in_calls = 0;
        empty_call(&stream);
        calls[i] = stream.in_calls;
        gaps[i] = stream.fenced - stream.in_calls;
    }
    clock_of_process.empty_cycles = typical(calls);
    clock_of_process.empty_gap_cycles = typical(gaps);
}

/* Two threads may do it at once, and come to the same. */
bool mshim_clock_is_usable(void) {
    if (clock_of_process.state == NOT_READ && mshim_cycles_are_steady()) {
        clock_of_process.from_ns = mshim_clock_read_ns(CLOCK_MONOTONIC);
        clock_of_process.from_cycles = mshim_cycles();
        clock_of_process.state = READ;
        read_empty();
    } else if (clock_of_process.state == NOT_READ) {
        clock_of_process.state = UNUSABLE;
    }
    return clock_of_process.state == READ;
}

bool mshim_clock_is_sandboxed(void) {
    return clock_of_process.sandboxed;
}

double mshim_cycles_a_ns(uint64_t cycles, uint64_t ns) {
    const uint64_t passed_ns = ns - clock_of_process.from_ns;
    if (ns < clock_of_process.from_ns || passed_ns < LEAST_CLOCK_NS)
        return 0;
    return (double)(cycles - clock_of_process.from_cycles) / (double)passed_ns;
}

void mshim_time_sandboxed(void) {
    clock_of_process.sandboxed = true;
}

void mshim_time_stop(void) {
    clock_of_process.state = UNUSABLE;
    mshim_memory_stop();
}

void mshim_clock_publish(uint64_t cycles, uint64_t ns) {
    mshim_stats.from_cycles = clock_of_process.from_cycles;
    mshim_stats.from_ns = clock_of_process.from_ns;
    mshim_stats.empty_cycles = clock_of_process.empty_cycles;
    mshim_stats.empty_gap_cycles = clock_of_process.empty_gap_cycles;
    mshim_stats.to_cycles = cycles;
    mshim_stats.to_ns = ns;
    mshim_stats.tick_ns = mshim_tick_ns;
}

void mshim_time_publish(void) {
    if (clock_of_process.state == READ)
        mshim_clock_publish(mshim_cycles(), mshim_clock_read_ns(CLOCK_MONOTONIC));
}
