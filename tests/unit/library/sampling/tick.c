/* SPDX-License-Identifier: MIT */
/* The kernel's tick as the shim sees it, against the clock that ticks. */
#include "library/sampling/tick.h"

#include <criterion/criterion.h>

#include <time.h>

static uint64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t word;

static void fake(uint64_t at_ns) {
    word = at_ns;
    mshim_tick_word = &word;
    mshim_tick_ns = 4000000;
}

static void start(void) {
    mshim_tick_start();
    if (mshim_tick_ns == 0)
        cr_skip_test("the kernel's tick cannot be seen here");
}

Test(sampling_tick, is_the_coarse_clock) {
    start();
    unsigned same = 0, looks = 0;
    for (const uint64_t end = clock_ns(CLOCK_MONOTONIC) + 100000000; clock_ns(CLOCK_MONOTONIC) < end; looks++)
        same += mshim_tick() == clock_ns(CLOCK_MONOTONIC_COARSE) % 1000000000;
    cr_expect_gt(looks, 1000);
    cr_expect_gt(same, looks - looks / 100, "%u of %u", same, looks);
    struct timespec step;
    clock_getres(CLOCK_MONOTONIC_COARSE, &step);
    cr_expect_eq(mshim_tick_ns, step.tv_nsec);
}

Test(sampling_tick, comes_about_when_it_is_due) {
    start();
    enum { TICKS = 100 };
    unsigned near = 0;
    for (unsigned i = 0; i < TICKS; i++) {
        const uint64_t now = clock_ns(CLOCK_MONOTONIC), due = now + mshim_tick_due_ns(now),
                       tick = mshim_tick();
        while (mshim_tick() == tick)
            continue;
        const uint64_t came = clock_ns(CLOCK_MONOTONIC);
        mshim_tick_seen(came);
        near += came < due ? due - came < mshim_tick_ns / 8 : came - due < mshim_tick_ns / 8;
    }
    cr_expect_gt(near, TICKS / 2, "%u of %u", near, TICKS);
}

Test(sampling_tick, ticks_are_counted_over_the_end_of_a_second) {
    fake(0);
    cr_expect_eq(mshim_ticks_between(500000000, 500000000), 0);
    cr_expect_eq(mshim_ticks_between(500000000, 503999999), 1, "clocks are steered");
    cr_expect_eq(mshim_ticks_between(500000000, 516000000), 4);
    cr_expect_eq(mshim_ticks_between(998000000, 2000000), 1);
}

Test(sampling_tick, is_not_due_before_the_least_lag_that_was_seen) {
    fake(100000000);
    cr_expect_eq(mshim_tick_due_ns(7101000000), 4000000, "nothing else is known");
    cr_expect_eq(mshim_tick_due_ns(7103000000), 2000000);
    cr_expect_eq(mshim_tick_due_ns(7105000000), 0, "it is late");
    word = 104000000;
    cr_expect_eq(mshim_tick_due_ns(7104400000), 4000000, "so near it can be");
}

Test(sampling_tick, a_word_that_stands_still_is_none) {
    fake(123);
    mshim_tick_check();
    cr_expect_eq(mshim_tick_ns, 0);
    cr_expect_eq(mshim_tick(), 0);
}
