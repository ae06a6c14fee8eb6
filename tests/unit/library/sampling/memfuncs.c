/* SPDX-License-Identifier: MIT */
/* When memory functions are watched, and what is counted then. */
#include "library/sampling/memfuncs.h"

#include "library/counters/records.h"
#include "library/sampling/sampler.h"

#include <criterion/criterion.h>

static uint64_t word = 100000000;
static bool in_front;
static unsigned exchanges;

static void exchange(bool watched) {
    in_front = watched;
    exchanges++;
}

static void start(void) {
    mshim_tick_word = &word;
    mshim_tick_ns = 4000000;
    mshim_memfuncs_sampling_start(exchange);
}

static uint64_t ticks(void) {
    return mshim_stats.memfuncs_timing.ticks.weights;
}

TestSuite(sampling_memfuncs, .init = start);

Test(sampling_memfuncs, watched_until_the_tick) {
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_ANY_CALLS);
    cr_assert(in_front);
    mshim_memfuncs_watched(mshim_tick());
    mshim_memfuncs_watch_end(); /* by a thread that is late for the last one */
    cr_assert(in_front);
    word += mshim_tick_ns;
    mshim_memfuncs_watch_end();
    cr_assert_not(in_front);
    cr_assert_eq(mshim_stats.memfuncs_timing.ticks_seen, 1);
    cr_assert_eq(ticks(), 0);
}

Test(sampling_memfuncs, a_tick_within_a_call_is_counted) {
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_ANY_CALLS);
    const uint64_t began = mshim_tick();
    word += mshim_tick_ns;
    mshim_memfuncs_watched(began);
    cr_assert_eq(ticks(), 1);
    cr_assert_eq(mshim_stats.memfuncs_timing.ticks_seen, 1);
    cr_assert_not(in_front);
}

Test(sampling_memfuncs, a_tick_between_calls_is_seen) {
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_ANY_CALLS);
    word += mshim_tick_ns;
    mshim_memfuncs_watched(mshim_tick());
    cr_assert_eq(ticks(), 0);
    cr_assert_eq(mshim_stats.memfuncs_timing.ticks_seen, 1);
}

Test(sampling_memfuncs, too_many_calls_end_it_unseen) {
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_FEW_CALLS);
    for (int i = 0; i < MSHIM_MEMFUNCS_FEW_CALLS; i++)
        mshim_memfuncs_watched(mshim_tick());
    cr_assert(in_front);
    mshim_memfuncs_watched(mshim_tick());
    cr_assert_not(in_front);
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_FEW_CALLS);
    cr_assert_not(in_front, "once a tick");
    word += mshim_tick_ns;
    mshim_memfuncs_watch_end();
    cr_assert_eq(mshim_stats.memfuncs_timing.ticks_seen, 0);
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_FEW_CALLS);
    cr_assert(in_front);
}

Test(sampling_memfuncs, a_watch_within_a_watch_may_only_allow_more_calls) {
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_ANY_CALLS);
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_FEW_CALLS);
    for (int i = 0; i <= MSHIM_MEMFUNCS_FEW_CALLS; i++)
        mshim_memfuncs_watched(mshim_tick());
    cr_assert(in_front);
    cr_assert_eq(exchanges, 1);
}

Test(sampling_memfuncs, functions_that_were_left_in_front_are_taken_away) {
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_ANY_CALLS);
    word += mshim_tick_ns;
    mshim_memfuncs_watch_end();
    in_front = true; /* another thread had been about to put them there */
    mshim_memfuncs_watched(mshim_tick());
    cr_assert_not(in_front);
}

Test(sampling_memfuncs, the_first_calls_of_each_function_are_timed) {
    cr_assert_not(mshim_memfuncs_is_timed(MSHIM_MEMORY_memchr));
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_ANY_CALLS);
    for (int i = 0; i < MSHIM_MEMFUNCS_TIMED_CALLS; i++)
        cr_assert(mshim_memfuncs_is_timed(MSHIM_MEMORY_memchr));
    cr_assert_not(mshim_memfuncs_is_timed(MSHIM_MEMORY_memchr));
    cr_assert(mshim_memfuncs_is_timed(MSHIM_MEMORY_strlen));
    mshim_memfuncs_timed(MSHIM_MEMORY_strlen, 100);
    cr_assert_eq(mshim_stats.memfuncs_timing.rows[MSHIM_MEMORY_strlen].samples, 1);
    cr_assert_eq(mshim_stats.memfuncs_timing.rows[MSHIM_MEMORY_strlen].max_cycles, 100);
}

Test(sampling_memfuncs, never_again_once_the_counter_must_not_be_read) {
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_ANY_CALLS);
    mshim_sampling_stop();
    cr_assert_not(in_front);
    mshim_memfuncs_watch_begin(MSHIM_MEMFUNCS_ANY_CALLS);
    cr_assert_not(in_front);
    word += mshim_tick_ns;
    mshim_memfuncs_watched(mshim_tick());
}
