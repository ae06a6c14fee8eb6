/* SPDX-License-Identifier: MIT */
/* What is made of samples, against distributions whose time, error and percentiles are known. */
#include "counters/time_estimate.h"

#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

enum { EMPTY = 60, NS = 1000000000 };

static struct mshim_page page;
static struct mshim_page_record *record;

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
    struct mshim_page_time_row *to = &record->time.rows[row];
    to->samples++;
    to->calls += calls;
    to->cycles += calls * (cycles + EMPTY);
    to->classes[class] += calls;
    if (cycles + EMPTY > to->max_cycles)
        to->max_cycles = cycles + EMPTY;
}

static struct mshim_counters estimate(void) {
    struct mshim_counters out;
    const struct mshim_page_view view = {&page, NULL, MSHIM_PAGE_FIRST_RECORDS};
    mshim_page_sum(&view, &out);
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
        add(MSHIM_PAGE_TIME_PYTHON + 1, 7, 13, 40);
    }
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, (500 * 100 + 700 * 40) / 2.0, 0.001), "%lu",
              out.time_allocation_ns);
    cr_assert_eq(out.function_times[MSHIM_FUNCTION_malloc].samples, 100);
    cr_assert_eq(out.function_times[MSHIM_FUNCTION_malloc].max_ns, 50);
    cr_assert_eq(out.python_times[1].max_ns, 20);
    cr_assert_eq(out.python_times[0].samples, MSHIM_ABSENT);
}

Test(time, overlap_reduces_the_time_and_half_of_that_is_error) {
    for (int i = 0; i < MSHIM_PAGE_TIME_CALLS; i++)
        add(MSHIM_FUNCTION_free, 10, 14, 100);
    page.empty_gap_cycles = 80;
    record->time.weights = 10;
    record->time.dense = 10; /* a window of 16 calls of 100 cycles, weight 10 */
    record->time.dense_cycles = 10ull * 16 * (100 + EMPTY);
    record->time.paired = 9; /* 150 cycles a call where they are fenced off, 90 in passing */
    record->time.fenced_cycles = 9ull * (16 * (150 + EMPTY) + 17 * 80);
    record->time.natural_cycles = 9ull * 16 * 90;
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_ns, 16000 / 2.0 * 0.6, 0.001), "%lu", out.time_allocation_ns);
    cr_assert(is_near(out.time_allocation_error_ns, 16000 / 2.0 * 0.4 / 2, 0.001), "%lu",
              out.time_allocation_error_ns);
}

Test(time, error_is_that_of_a_sum_of_samples) {
    const double weight = 50, values[] = {100, 300};
    for (int i = 0; i < 1000; i++) {
        const double y = values[i % 2];
        for (int call = 0; call < MSHIM_PAGE_TIME_CALLS; call++)
            add(MSHIM_FUNCTION_malloc, 50, 14, (uint64_t)y / MSHIM_PAGE_TIME_CALLS);
        record->time.weights += weight;
        record->time.weighted_cycles += weight * y;
        record->time.weights2 += weight * weight;
        record->time.weighted2_cycles += weight * weight * y;
        record->time.weighted2_cycles2 += weight * weight * y * y;
    }
    /* Standard deviation 100 of each of 1000, weighted by 50; two cycles a nanosecond. */
    const double expected = 1.96 * 50 * 100 * sqrt(1000) / 2;
    const struct mshim_counters out = estimate();
    cr_assert(is_near(out.time_allocation_error_ns, expected, 0.001), "%lu", out.time_allocation_error_ns);
    record->time.large_variance_cycles2 = 3 * 50 * 50 * 100 * 100 * 1000.0;
    cr_assert(is_near(estimate().time_allocation_error_ns, 2 * expected, 0.001));
}

Test(time, large_calls_may_overlap_as_much_as_the_timing_takes) {
    page.empty_gap_cycles = 80;
    add(MSHIM_FUNCTION_malloc, 50, 20, 1000);
    const struct mshim_counters out = estimate();
    cr_assert_eq(out.time_allocation_ns, 50 * 1000 / 2);
    cr_assert_eq(out.time_allocation_error_ns, 50 * (EMPTY + 80) / 2);
}

Test(time, percentiles_of_a_uniform_distribution) {
    page.empty_cycles = 0;
    struct mshim_page_time_row *row = &record->time.rows[MSHIM_FUNCTION_calloc];
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
        record->time.weights = record->time.weights2 = record->time.weighted_cycles = hostile[i];
        record->time.weighted2_cycles = record->time.weighted2_cycles2 = hostile[i];
        record->time.large_variance_cycles2 = page.empty_cycles = page.empty_gap_cycles = hostile[i];
        const struct mshim_counters out = estimate();
        cr_assert(out.time_allocation_ns == MSHIM_ABSENT || out.time_allocation_ns <= (uint64_t)1e18);
        cr_assert(out.time_allocation_error_ns == MSHIM_ABSENT ||
                  out.time_allocation_error_ns <= (uint64_t)1e18);
    }
}
