/* SPDX-License-Identifier: MIT */
#include "library/sampling/memory.h"

#include "library/sampling/stream.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum { MOST_MISSED = 64 };

_Static_assert(MSHIM_MEMORY_FUNCTIONS <= sizeof mshim_memory_watching.to_time, "a byte each");

struct mshim_memory_watch mshim_memory_watching;

static mshim_memory_exchange_function *exchange;
static bool watched;
static uint64_t weight;               /* of the tick that is waited for */
static uint64_t seen_ns, seen_cpu_ns; /* the last one, and the processor time of the process by then */

#define ADD(counter, more) __atomic_fetch_add(&(counter), (more), __ATOMIC_RELAXED)

void mshim_memory_watch_start(mshim_memory_exchange_function *exchange_functions) {
    exchange = exchange_functions;
}

static uint64_t least_of(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* A tick stands for those that were missed, as far as the process ran meanwhile. */
static uint64_t weight_now(void) {
    if (MSHIM_READ(seen_ns) == 0 || mshim_clock_is_sandboxed())
        return 1;
    const uint64_t passed_ns = mshim_clock_read_ns(CLOCK_MONOTONIC_COARSE) - MSHIM_READ(seen_ns);
    const uint64_t cpu_ns = mshim_clock_read_ns(CLOCK_PROCESS_CPUTIME_ID) - MSHIM_READ(seen_cpu_ns);
    return 1 + least_of(least_of(passed_ns, cpu_ns) / mshim_tick_ns, MOST_MISSED);
}

void mshim_memory_watch(int64_t calls) {
    struct mshim_memory_watch *watch = &mshim_memory_watching;
    if (!exchange || mshim_tick_ns == 0)
        return;
    if (calls != MSHIM_MEMORY_ANY_CALLS && mshim_tick() == MSHIM_READ(watch->tick))
        return; /* those of this tick are used up, or being counted */
    if (calls == MSHIM_MEMORY_ANY_CALLS || !MSHIM_READ(watched))
        __atomic_store_n(&watch->left, calls, __ATOMIC_RELAXED);
    if (__atomic_exchange_n(&watched, true, __ATOMIC_RELAXED))
        return;
    MSHIM_WRITE(weight, weight_now());
    memset(watch->to_time, MSHIM_MEMORY_TIMED_CALLS, sizeof watch->to_time);
    __atomic_store_n(&watch->tick, mshim_tick(), __ATOMIC_RELAXED);
    exchange(true);
}

static void end(bool seen) {
    if (!exchange || !__atomic_exchange_n(&watched, false, __ATOMIC_RELAXED))
        return;
    exchange(false);
    if (!seen)
        return;
    ADD(mshim_stats.memory_time.ticks_seen, 1);
    MSHIM_WRITE(seen_ns, mshim_clock_read_ns(CLOCK_MONOTONIC_COARSE));
    MSHIM_WRITE(seen_cpu_ns, mshim_clock_is_sandboxed() ? 0 : mshim_clock_read_ns(CLOCK_PROCESS_CPUTIME_ID));
}

void mshim_memory_unwatch(void) {
    if (mshim_tick() != MSHIM_READ(mshim_memory_watching.tick)) /* one thread may be late for the last one */
        end(true);
}

void mshim_memory_stop(void) {
    end(false);
    exchange = NULL;
}

void mshim_memory_ticked(uint64_t tick) {
    const int saved = errno;
    const uint64_t now = mshim_tick();
    const bool seen = now != mshim_memory_watching.tick;
    if (!MSHIM_READ(watched) && exchange) {
        exchange(false);
    } else {
        if (now != tick) {
            const uint64_t w = MSHIM_READ(weight);
            ADD(mshim_stats.memory_time.ticks.weights, w);
            ADD(mshim_stats.memory_time.ticks.weights2, w * w);
        }
        end(seen);
    }
    errno = saved;
}

void mshim_memory_timed(unsigned row, uint64_t cycles) {
    struct mshim_stats_timing_row *to = &mshim_stats.memory_time.rows[row];
    ADD(to->samples, 1);
    ADD(to->calls, 1);
    ADD(to->cycles, cycles);
    ADD(to->classes[mshim_time_class(cycles)], 1);
    if (cycles > MSHIM_READ(to->max_cycles))
        MSHIM_WRITE(to->max_cycles, cycles);
}
