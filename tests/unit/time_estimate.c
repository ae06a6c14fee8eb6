/* SPDX-License-Identifier: MIT */
/* What is made of samples, against distributions whose time, error and percentiles are known. */
#include "shared/stats/time_estimate.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

enum { EMPTY = 60, NS = 1000000000 };

static struct mshim_stats page;
static struct mshim_stats_record *record;

/* A second, in which the counter made two steps a nanosecond. */
static void begin(void) {
    memset(&page, 0, sizeof page);
    page.records_in_use = 1;
    page.from_ns = 5;
    page.to_ns = 5 + NS;
    page.from_cycles = 7;
    page.to_cycles = 7 + 2ull * NS;
    page.empty_cycles = EMPTY;
    record = &page.records[0];
}

static void add(unsigned row, uint64_t calls, unsigned class, uint64_t cycles) {
    struct mshim_stats_timing_row *to = &record->time.rows[row];
    to->samples++;
    to->calls += calls;
    to->cycles += calls * (cycles + EMPTY);
    to->classes[class] += calls;
    if (cycles + EMPTY > to->max_cycles)
        to->max_cycles = cycles + EMPTY;
}

static struct mshim_counters estimate(void) {
    struct mshim_counters out;
    const struct mshim_stats_view view = {&page, NULL, MSHIM_STATS_FIRST_RECORDS};
    mshim_stats_sum(&view, &out);
    return out;
}

static bool is_near(uint64_t value, double expected, double part) {
    return fabs((double)value - expected) <= part * expected;
}

TestSuite(time, .init = begin);

Test(time, nothing_sampled_is_absent) {
    cr_assert_eq(estimate().time_allocation_ns, MSHIM_ABSENT);
    cr_assert_eq(estimate().function_times[MSHIM_FUNCTION_malloc].p50_ns, MSHIM_ABSENT);
}

Test(time, clock_that_is_not_known_is_absent) {
    add(MSHIM_FUNCTION_malloc, 10, 14, 100);
    page.to_ns = page.from_ns;
    cr_assert_eq(estimate().time_allocation_ns, MSHIM_ABSENT);
}

Test(time, weights_and_the_timer_itself_are_taken_into_account) {
    for (int i = 0; i < 100; i++) {
        add(MSHIM_FUNCTION_malloc, 5, 14, 100);
        add(MSHIM_STATS_TIMING_PYTHON + 1, 7, 13, 40);
    }
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, (500 * 100 + 700 * 40) / 2.0, 0.001), "%lu",
              out.time_allocation_ns);
    cr_assert_eq(out.function_times[MSHIM_FUNCTION_malloc].samples, 100);
    cr_assert_eq(out.function_times[MSHIM_FUNCTION_malloc].max_ns, 50);
    cr_assert_eq(out.python_times[1].max_ns, 20);
    cr_assert_eq(out.python_times[0].samples, MSHIM_ABSENT);
}

Test(time, overlap_reduces_what_windows_say) {
    for (int i = 0; i < MSHIM_STATS_TIMING_CALLS; i++)
        add(MSHIM_FUNCTION_free, 10, 14, 100);
    page.empty_gap_cycles = 80;
    record->time.dense = 10; /* a window of 16 calls of 100 cycles, weight 10 */
    record->time.dense_cycles = 10ull * 16 * (100 + EMPTY);
    record->time.fenced_cycles =
        10ull * 16 * (150 + EMPTY + 80); /* 150 cycles from call to call, 90 in passing */
    record->time.natural_cycles = 10ull * 16 * 90;
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 16000 / 2.0 * 0.6, 0.001), "%lu", out.time_allocation_ns);
}

Test(time, half_of_what_windows_say_is_their_error) {
    add(MSHIM_FUNCTION_malloc, 1000, 14, 200);
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 100000, 0.001));
    cr_assert(is_near(out.time_allocation_error_ns, 1.96 * 100000 / 2, 0.001));
}

static void add_ticks(struct mshim_stats_ticks *ticks, uint64_t count, uint64_t weight) {
    ticks->weights += count * weight;
    ticks->weights2 += count * weight * weight;
}

enum { TICK_NS = 4000000 };

/* Windows of a program that runs for minutes: what they say does not matter beside thousands of ticks. */
static void add_minutes(void) {
    page.tick_ns = TICK_NS;
    add(MSHIM_FUNCTION_malloc, 4000000000, 14, 30);
}

Test(time, ticks_stand_for_the_time_between_them) {
    add_minutes();
    add_ticks(&record->time.ticks, 3000, 1);
    add_ticks(&record->time.sparse_ticks, 500, 2);
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 4000.0 * TICK_NS, 0.01), "%lu", out.time_allocation_ns);
    cr_assert(is_near(out.time_allocation_error_ns, 1.96 * sqrt(3000 + 500 * 4) * TICK_NS, 0.02), "%lu",
              out.time_allocation_error_ns);
}

Test(time, a_quarter_of_what_being_watched_takes_is_added_and_may_be_wrong) {
    add_minutes();
    add_ticks(&record->time.ticks, 4000, 1);
    record->time.watched_cycles = 1200000;
    record->time.unwatched_cycles = 1000000;
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 1.05 * 4000 * TICK_NS, 0.01), "%lu", out.time_allocation_ns);
    const double by_chance = 1.96 * sqrt(1.05 * 1.05 * 4000), by_method = 0.05 * 4000;
    cr_assert(is_near(out.time_allocation_error_ns, hypot(by_chance, by_method) * TICK_NS, 0.02), "%lu",
              out.time_allocation_error_ns);
}

Test(time, no_tick_within_a_call_leaves_a_tick_of_doubt) {
    page.tick_ns = TICK_NS;
    add(MSHIM_FUNCTION_malloc, 1000000000, 14, 30);
    const struct mshim_counters out = estimate();
    cr_assert_gt(out.time_allocation_error_ns, TICK_NS / 2);
    cr_assert_lt(out.time_allocation_error_ns, 2 * TICK_NS);
}

Test(time, windows_tell_more_than_ticks_at_first) {
    page.tick_ns = TICK_NS;
    add(MSHIM_FUNCTION_malloc, 1000, 14, 200);
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 100000, 0.01), "%lu", out.time_allocation_ns);
}

Test(time, memory_functions_that_were_never_watched_are_absent) {
    add_minutes();
    cr_assert_eq(estimate().time_memory_ns, MSHIM_ABSENT);
    cr_assert_eq(estimate().memory_function_times[MSHIM_MEMORY_memcpy].samples, MSHIM_ABSENT);
}

Test(time, memory_functions_by_their_own_ticks) {
    add_minutes();
    page.memory_time.ticks_seen = 1000;
    add_ticks(&page.memory_time.ticks, 250, 1);
    struct mshim_stats_timing_row *row = &page.memory_time.rows[MSHIM_MEMORY_memcpy];
    *row = (struct mshim_stats_timing_row){
        .samples = 3, .calls = 3, .cycles = 3 * (40 + EMPTY), .max_cycles = 40 + EMPTY};
    row->classes[14] = 3;
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_memory_ns, 250.0 * TICK_NS, 0.01), "%lu", out.time_memory_ns);
    const double by_chance = 1.96 * sqrt(251), by_method = 1.96 * 0.15 * 250;
    cr_assert(is_near(out.time_memory_error_ns, hypot(by_chance, by_method) * TICK_NS, 0.01), "%lu",
              out.time_memory_error_ns);
    cr_assert_eq(out.memory_function_times[MSHIM_MEMORY_memcpy].samples, 3);
    cr_assert_eq(out.memory_function_times[MSHIM_MEMORY_memcpy].max_ns, 20);
}

Test(time, percentiles_of_a_uniform_distribution) {
    page.empty_cycles = 0;
    struct mshim_stats_timing_row *row = &record->time.rows[MSHIM_FUNCTION_calloc];
    for (unsigned cycles = 1; cycles <= 100000; cycles++) {
        row->classes[1 + (unsigned)(2 * log2(cycles) + 1e-9)]++;
        row->samples++;
        row->calls++;
        row->cycles += cycles;
    }
    row->max_cycles = 100000;
    const struct mshim_function_time time = estimate().function_times[MSHIM_FUNCTION_calloc];
    cr_assert(is_near(time.p50_ns, 25000, 0.05), "%lu", time.p50_ns);
    cr_assert(is_near(time.p99_ns, 49500, 0.05), "%lu", time.p99_ns);
    cr_assert_eq(time.max_ns, 50000);
}

Test(time, records_of_all_threads_are_added) {
    page.records_in_use = 2;
    add(MSHIM_FUNCTION_malloc, 10, 14, 100);
    record = &page.records[1];
    add(MSHIM_FUNCTION_malloc, 30, 14, 100);
    cr_assert(is_near(estimate().time_allocation_ns, 40 * 100 / 2.0, 0.001));
}

Test(time, whatever_a_file_has_gives_numbers) {
    static const double hostile[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, -1};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        begin();
        memset(&record->time, 0xff, sizeof record->time);
        memset(&page.memory_time, 0xff, sizeof page.memory_time);
        page.tick_ns = i % 2 ? UINT64_MAX : TICK_NS;
        page.empty_cycles = page.empty_gap_cycles = hostile[i];
        const struct mshim_counters out = estimate();
        cr_assert(out.time_allocation_ns == MSHIM_ABSENT || out.time_allocation_ns <= (uint64_t)1e18);
        cr_assert(out.time_allocation_error_ns == MSHIM_ABSENT ||
                  out.time_allocation_error_ns <= (uint64_t)1e18);
        cr_assert(out.time_memory_ns == MSHIM_ABSENT || out.time_memory_ns <= (uint64_t)1e18);
    }
}
