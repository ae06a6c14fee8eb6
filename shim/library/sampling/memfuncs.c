/* SPDX-License-Identifier: MIT */
#include "library/sampling/memfuncs.h"

#include "library/counters/records.h"
#include "library/sampling/process_clock.h"
#include "library/sampling/sample.h"
#include "shared/base/clock.h"

#include <errno.h>
#include <string.h>

enum { MAX_MISSED_TICKS = 64 };

_Static_assert(MSHIM_MEMORY_FUNCTIONS <= sizeof mshim_memfuncs_watch.to_time, "a byte for each");

struct mshim_memfuncs_watch mshim_memfuncs_watch;

static mshim_memfuncs_exchange_function *exchange;
static bool watching;
static uint64_t weight;               /* of the tick that is waited for */
static uint64_t seen_ns, seen_cpu_ns; /* when the last tick was observed: time, and CPU time of the process */

void mshim_memfuncs_sampling_start(mshim_memfuncs_exchange_function *exchange_functions) {
    exchange = exchange_functions;
}

static uint64_t lesser(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* The tick stands for those that went unobserved, as far as the process was running meanwhile. */
static uint64_t weight_now(void) {
    if (MSHIM_READ(seen_ns) == 0 || mshim_clock_is_sandboxed())
        return 1;
    const uint64_t passed_ns = mshim_clock_ns(CLOCK_MONOTONIC_COARSE) - MSHIM_READ(seen_ns);
    const uint64_t cpu_ns = mshim_clock_ns(CLOCK_PROCESS_CPUTIME_ID) - MSHIM_READ(seen_cpu_ns);
    return 1 + lesser(lesser(passed_ns, cpu_ns) / mshim_tick_ns, MAX_MISSED_TICKS);
}

void mshim_memfuncs_watch_begin(int64_t calls) {
    struct mshim_memfuncs_watch *watch = &mshim_memfuncs_watch;
    if (!exchange || mshim_tick_ns == 0)
        return;
    if (calls != MSHIM_MEMFUNCS_ANY_CALLS && mshim_tick() == MSHIM_READ(watch->tick))
        return; /* there is, or has been, a watch for this tick */
    if (calls == MSHIM_MEMFUNCS_ANY_CALLS || !MSHIM_READ(watching))
        __atomic_store_n(&watch->left, calls, __ATOMIC_RELAXED);
    if (__atomic_exchange_n(&watching, true, __ATOMIC_RELAXED))
        return;
    MSHIM_WRITE(weight, weight_now());
    memset(watch->to_time, MSHIM_MEMFUNCS_TIMED_CALLS, sizeof watch->to_time);
    __atomic_store_n(&watch->tick, mshim_tick(), __ATOMIC_RELAXED);
    exchange(true);
}

static void end(bool seen) {
    if (!exchange || !__atomic_exchange_n(&watching, false, __ATOMIC_RELAXED))
        return;
    exchange(false);
    if (!seen)
        return;
    MSHIM_ADD_SHARED(mshim_stats.memfuncs_timing.ticks_seen, 1);
    MSHIM_WRITE(seen_ns, mshim_clock_ns(CLOCK_MONOTONIC_COARSE));
    MSHIM_WRITE(seen_cpu_ns, mshim_clock_is_sandboxed() ? 0 : mshim_clock_ns(CLOCK_PROCESS_CPUTIME_ID));
}

void mshim_memfuncs_watch_end(void) {
    if (mshim_tick() !=
        MSHIM_READ(mshim_memfuncs_watch.tick)) /* else: a thread that is late for the tick before */
        end(true);
}

void mshim_memfuncs_sampling_stop(void) {
    end(false);
    exchange = NULL;
}

void mshim_memfuncs_ticked(uint64_t tick) {
    const int saved = errno;
    const uint64_t now = mshim_tick();
    const bool seen = now != mshim_memfuncs_watch.tick;
    if (!MSHIM_READ(watching) && exchange) {
        exchange(false);
    } else {
        if (now != tick)
            mshim_sample_add_ticks(&mshim_stats.memfuncs_timing.ticks, MSHIM_READ(weight));
        end(seen);
    }
    errno = saved;
}

void mshim_memfuncs_timed(unsigned row, uint64_t cycles) {
    mshim_sample_add(&mshim_stats.memfuncs_timing.rows[row], 1, cycles, cycles);
}
