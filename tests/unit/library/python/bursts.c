/* SPDX-License-Identifier: MIT */
/* Bursts of timed calls: the timed functions are in CPython's table for as long as one is open, and no
 * longer. */
#include "objects.h"

#include "library/python/bursts.h"

#include <criterion/criterion.h>

enum { OBJECT_ROW = MSHIM_STATS_TIMING_PYTHON + MSHIM_PYTHON_OBJECT };

/* CPython's table of one domain. */
static bool timed_stand_there, others_stand_there;
static unsigned opened;

static bool exchange(unsigned domain, bool timed) {
    cr_assert_eq(domain, MSHIM_PYTHON_OBJECT);
    if (others_stand_there || timed_stand_there == timed)
        return false;
    timed_stand_there = timed;
    opened += timed;
    return true;
}

static void start(void) {
    if (!mshim_cycles_are_steady())
        cr_skip_test("no steady cycle counter");
    start_objects();
    mshim_python_bursts_start(exchange);
}

/* As CPython makes them: through the table. */
static void *table_malloc(size_t size) {
    return timed_stand_there ? mshim_python_objects_timed_malloc(OBJECT, size)
                             : mshim_python_objects_malloc(OBJECT, size);
}

static void table_free(void *block) {
    if (timed_stand_there)
        mshim_python_objects_timed_free(OBJECT, block);
    else
        mshim_python_objects_free(OBJECT, block);
}

static const struct mshim_stats_timing_row *row(void) {
    return &mshim_stats.timing.rows[OBJECT_ROW];
}

Test(python_objects, bursts_stand_for_all_calls) {
    enum { PAIRS = 16000000 };
    start();
    unsigned long through_timed = 0;
    for (int i = 0; i < PAIRS; i++) {
        through_timed += timed_stand_there;
        table_free(table_malloc(64));
    }
    cr_expect_gt(opened, 5);
    cr_expect_lt(through_timed, PAIRS / 20);
    cr_expect_gt(row()->samples, 5 * MSHIM_STATS_BURST_CALLS);
    /* Calls after the last burst are not counted yet. */
    cr_expect_gt((double)row()->calls, 2.0 * PAIRS * 0.5);
    cr_expect_lt((double)row()->calls, 2.0 * PAIRS * 1.1);
}

Test(python_objects, no_burst_where_others_stand_in_front) {
    start();
    others_stand_there = true;
    for (int i = 0; i < 100000; i++)
        table_free(table_malloc(64));
    cr_expect_eq(opened, 0);
    cr_expect_eq(row()->samples, 0);
}

/* tracemalloc that was started within a burst keeps calling the timed functions. */
Test(python_objects, a_burst_that_others_were_put_in_front_of_ends_once_they_are_gone) {
    start();
    while (!timed_stand_there)
        table_free(table_malloc(64));
    others_stand_there = true;
    for (int i = 0; i < 100000; i++)
        table_free(table_malloc(64));
    cr_expect(timed_stand_there);
    const uint64_t samples = row()->samples;
    cr_expect_gt(samples, 0);
    cr_expect_lt(samples, 100000, "they are timed now and then as before");
    others_stand_there = false;
    for (int i = 0; i < 10000000 && timed_stand_there; i++)
        table_free(table_malloc(64));
    cr_expect_not(timed_stand_there);
}

Test(python_objects, large_calls_are_timed_without_a_burst) {
    start();
    others_stand_there = true; /* no burst can be opened */
    for (int i = 0; i < 1000; i++)
        table_free(table_malloc(1 << 20));
    cr_expect_eq(opened, 0);
    cr_expect_gt(row()->samples, 0);
    cr_expect_leq(row()->samples, 2000);
    cr_expect_geq(row()->calls, row()->samples);
}
