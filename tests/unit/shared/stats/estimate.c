/* SPDX-License-Identifier: MIT */
/* What is made of samples, against distributions whose time, error and percentiles are known. */
#include "shared/stats/sum.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

enum { EMPTY = 60, NS = 1000000000 };

static struct mshim_stats stats;

/* A second, in which the counter made two steps a nanosecond. */
static void begin(void) {
    memset(&stats, 0, sizeof stats);
    stats.records_in_use = 1;
    stats.from_ns = 5;
    stats.to_ns = 5 + NS;
    stats.from_cycles = 7;
    stats.to_cycles = 7 + 2ull * NS;
    stats.empty_call_cycles = EMPTY;
}

static void add(unsigned row, uint64_t calls, unsigned class, uint64_t cycles) {
    struct mshim_stats_timing_row *to = &stats.timing.rows[row];
    to->samples++;
    to->calls += calls;
    to->cycles += calls * (cycles + EMPTY);
    to->classes[class] += calls;
    if (cycles + EMPTY > to->max_cycles)
        to->max_cycles = cycles + EMPTY;
}

static struct mshim_counters estimate(void) {
    struct mshim_counters out;
    const struct mshim_stats_view view = {&stats, NULL, MSHIM_STATS_FIRST_RECORDS};
    mshim_stats_sum(&view, &out);
    return out;
}

static bool is_near(uint64_t value, double expected, double part) {
    return fabs((double)value - expected) <= part * expected;
}

TestSuite(stats_estimate, .init = begin);

Test(stats_estimate, nothing_sampled_is_absent) {
    cr_assert_eq(estimate().time_allocation_ns, MSHIM_ABSENT);
    cr_assert_eq(estimate().function_times[MSHIM_FUNCTION_malloc].p50_ns, MSHIM_ABSENT);
}

Test(stats_estimate, clock_that_is_not_known_is_absent) {
    add(MSHIM_FUNCTION_malloc, 10, 14, 100);
    stats.to_ns = stats.from_ns;
    cr_assert_eq(estimate().time_allocation_ns, MSHIM_ABSENT);
}

Test(stats_estimate, weights_and_the_timer_itself_are_taken_into_account) {
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

Test(stats_estimate, overlap_reduces_what_windows_say) {
    for (int i = 0; i < MSHIM_STATS_BURST_CALLS; i++)
        add(MSHIM_FUNCTION_free, 10, 14, 100);
    stats.empty_gap_cycles = 80;
    stats.timing.bursts = 10; /* a burst of 16 calls of 100 cycles, weight 10 */
    stats.timing.burst_call_cycles = 10ull * 16 * (100 + EMPTY);
    stats.timing.burst_cycles =
        10ull * 16 * (150 + EMPTY + 80); /* 150 cycles from call to call, 90 without fences */
    stats.timing.unfenced_cycles = 10ull * 16 * 90;
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 16000 / 2.0 * 0.6, 0.001), "%lu", out.time_allocation_ns);
}

Test(stats_estimate, half_of_what_windows_say_is_their_error) {
    add(MSHIM_FUNCTION_malloc, 1000, 14, 200);
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 100000, 0.001));
    cr_assert(is_near(out.time_allocation_error_ns, 1.96 * 100000 / 2, 0.001));
}

static void add_ticks(struct mshim_stats_ticks *ticks, uint64_t count, uint64_t weight) {
    ticks->weights += count * weight;
    ticks->squared_weights += count * weight * weight;
}

enum { TICK_NS = 4000000 };

/* Windows of a program that runs for minutes: what they say does not matter beside thousands of ticks. */
static void add_minutes(void) {
    stats.tick_ns = TICK_NS;
    add(MSHIM_FUNCTION_malloc, 4000000000, 14, 30);
}

Test(stats_estimate, ticks_stand_for_the_time_between_them) {
    add_minutes();
    add_ticks(&stats.timing.dense_ticks, 3000, 1);
    add_ticks(&stats.timing.sparse_ticks, 500, 2);
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 4000.0 * TICK_NS, 0.01), "%lu", out.time_allocation_ns);
    cr_assert(is_near(out.time_allocation_error_ns, 1.96 * sqrt(3000 + 500 * 4) * TICK_NS, 0.02), "%lu",
              out.time_allocation_error_ns);
}

Test(stats_estimate, a_quarter_of_what_being_watched_takes_is_added_and_may_be_wrong) {
    add_minutes();
    add_ticks(&stats.timing.dense_ticks, 4000, 1);
    stats.timing.watched_cycles = 1200000;
    stats.timing.unwatched_cycles = 1000000;
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 1.05 * 4000 * TICK_NS, 0.01), "%lu", out.time_allocation_ns);
    const double by_chance = 1.96 * sqrt(1.05 * 1.05 * 4000), by_method = 0.05 * 4000;
    cr_assert(is_near(out.time_allocation_error_ns, hypot(by_chance, by_method) * TICK_NS, 0.02), "%lu",
              out.time_allocation_error_ns);
}

Test(stats_estimate, no_tick_within_a_call_leaves_a_tick_of_doubt) {
    stats.tick_ns = TICK_NS;
    add(MSHIM_FUNCTION_malloc, 1000000000, 14, 30);
    const struct mshim_counters out = estimate();
    cr_assert_gt(out.time_allocation_error_ns, TICK_NS / 2);
    cr_assert_lt(out.time_allocation_error_ns, 2 * TICK_NS);
}

Test(stats_estimate, windows_tell_more_than_ticks_at_first) {
    stats.tick_ns = TICK_NS;
    add(MSHIM_FUNCTION_malloc, 1000, 14, 200);
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 100000, 0.01), "%lu", out.time_allocation_ns);
}

Test(stats_estimate, memory_functions_that_were_never_watched_are_absent) {
    add_minutes();
    cr_assert_eq(estimate().time_memory_ns, MSHIM_ABSENT);
    cr_assert_eq(estimate().memory_function_times[MSHIM_MEMORY_memcpy].samples, MSHIM_ABSENT);
}

Test(stats_estimate, memory_functions_by_their_own_ticks) {
    add_minutes();
    stats.memfuncs_timing.ticks_seen = 1000;
    add_ticks(&stats.memfuncs_timing.ticks, 250, 1);
    struct mshim_stats_timing_row *row = &stats.memfuncs_timing.rows[MSHIM_MEMORY_memcpy];
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

Test(stats_estimate, percentiles_of_a_uniform_distribution) {
    stats.empty_call_cycles = 0;
    struct mshim_stats_timing_row *row = &stats.timing.rows[MSHIM_FUNCTION_calloc];
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

Test(stats_estimate, whatever_a_file_has_gives_numbers) {
    static const double hostile[] = {NAN, INFINITY, -INFINITY, 1e300, -1e300, -1};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        begin();
        memset(&stats.timing, 0xff, sizeof stats.timing);
        memset(&stats.memfuncs_timing, 0xff, sizeof stats.memfuncs_timing);
        stats.tick_ns = i % 2 ? UINT64_MAX : TICK_NS;
        stats.empty_call_cycles = stats.empty_gap_cycles = hostile[i];
        const struct mshim_counters out = estimate();
        cr_assert(out.time_allocation_ns == MSHIM_ABSENT || out.time_allocation_ns <= (uint64_t)1e18);
        cr_assert(out.time_allocation_error_ns == MSHIM_ABSENT ||
                  out.time_allocation_error_ns <= (uint64_t)1e18);
        cr_assert(out.time_memory_ns == MSHIM_ABSENT || out.time_memory_ns <= (uint64_t)1e18);
    }
}
