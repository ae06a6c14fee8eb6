/* SPDX-License-Identifier: MIT */
#include "shared/base/clock.h"

#include <criterion/criterion.h>

Test(base_clock, times_become_nanoseconds) {
    cr_assert_eq(mshim_timespec_ns((struct timespec){0, 0}), 0);
    cr_assert_eq(mshim_timespec_ns((struct timespec){0, 999999999}), 999999999u);
    cr_assert_eq(mshim_timespec_ns((struct timespec){5, 1}), 5000000001u);
    cr_assert_eq(mshim_timeval_ns((struct timeval){5, 1}), 5000001000u);
    cr_assert_eq(mshim_timeval_ns((struct timeval){0, 999999}), 999999000u);
}

/* Beyond 2038, and beyond what 32 bits of seconds can hold. */
Test(base_clock, far_times_do_not_overflow) {
    const uint64_t seconds = 1ull << 33;
    cr_assert_eq(mshim_timespec_ns((struct timespec){(time_t)seconds, 7}), seconds * 1000000000u + 7);
    cr_assert_eq(mshim_ns_timespec(seconds * 1000000000u + 7).tv_sec, (time_t)seconds);
}

Test(base_clock, nanoseconds_become_times_and_back) {
    static const uint64_t times[] = {0, 1, 999999999, 1000000000, 1000000001, 1764033600123456789u};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        const struct timespec time = mshim_ns_timespec(times[i]);
        cr_assert_lt(time.tv_nsec, MSHIM_NS_PER_SECOND);
        cr_assert_eq(mshim_timespec_ns(time), times[i]);
    }
}

Test(base_clock, now_is_monotonic_and_in_nanoseconds) {
    const uint64_t before = mshim_now_ns();
    const struct timespec nap = mshim_ns_timespec(2 * MSHIM_NS_PER_MILLISECOND);
    nanosleep(&nap, NULL);
    const uint64_t passed = mshim_now_ns() - before;
    cr_assert_geq(passed, 2u * MSHIM_NS_PER_MILLISECOND);
    cr_assert_lt(passed, 60ull * MSHIM_NS_PER_SECOND);
}

Test(base_clock, a_clock_that_does_not_exist_is_0) {
    cr_assert_eq(mshim_clock_ns((clockid_t)1000), 0);
}
