/* SPDX-License-Identifier: MIT */
#include "library/sampling/process_clock.h"

#include "library/counters/records.h"
#include "shared/base/clock.h"

enum { MIN_CLOCK_NS = MSHIM_NS_PER_MILLISECOND };

static struct {
    enum { NOT_READ, UNUSABLE, READ } state;
    uint64_t from_cycles, from_ns;
    double empty_call_cycles, empty_gap_cycles;
    bool sandboxed;
} process_clock;

bool mshim_clock_start(void) {
    if (process_clock.state != NOT_READ)
        return false;
    if (mshim_cycles_are_steady()) {
        process_clock.from_ns = mshim_now_ns();
        process_clock.from_cycles = mshim_cycles();
        process_clock.state = READ;
    } else {
        process_clock.state = UNUSABLE;
    }
    return process_clock.state == READ;
}

bool mshim_clock_is_usable(void) {
    return process_clock.state == READ;
}

void mshim_clock_set_sandboxed(void) {
    process_clock.sandboxed = true;
}

bool mshim_clock_is_sandboxed(void) {
    return process_clock.sandboxed;
}

void mshim_clock_stop(void) {
    process_clock.state = UNUSABLE;
}

double mshim_clock_cycles_per_ns(uint64_t cycles, uint64_t ns) {
    const uint64_t passed_ns = ns - process_clock.from_ns;
    if (ns < process_clock.from_ns || passed_ns < MIN_CLOCK_NS)
        return 0;
    return (double)(cycles - process_clock.from_cycles) / (double)passed_ns;
}

void mshim_clock_set_empty(double call_cycles, double gap_cycles) {
    process_clock.empty_call_cycles = call_cycles;
    process_clock.empty_gap_cycles = gap_cycles;
}

void mshim_clock_publish(uint64_t cycles, uint64_t ns) {
    mshim_stats.from_cycles = process_clock.from_cycles;
    mshim_stats.from_ns = process_clock.from_ns;
    mshim_stats.empty_call_cycles = process_clock.empty_call_cycles;
    mshim_stats.empty_gap_cycles = process_clock.empty_gap_cycles;
    mshim_stats.to_cycles = cycles;
    mshim_stats.to_ns = ns;
    mshim_stats.tick_ns = mshim_tick_ns;
}
