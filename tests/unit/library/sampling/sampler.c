/* SPDX-License-Identifier: MIT */
/* Calls of known length, sampled, against the truth: how many there were and how long each took. */
#include "library/sampling/sampler.h"

#include <criterion/criterion.h>

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static void spin(uint64_t cycles) {
    const uint64_t from = mshim_cycles();
    while (mshim_cycles() - from < cycles)
        continue;
}

/* As an entry point does it. */
static void call(size_t bytes, uint64_t cycles) {
    struct mshim_sampling_stream *stream = &mshim_sampling_thread;
    const uint64_t tick = mshim_tick();
    if (!mshim_sampling_is_due(stream, bytes)) {
        spin(cycles);
    } else if (mshim_sampling_is_watched(stream, bytes)) {
        spin(cycles);
        mshim_sampling_watched(stream, bytes, tick);
    } else {
        struct mshim_timed_call timing = {.stream = stream, .bytes = bytes};
        mshim_timed_begin(&timing);
        spin(cycles);
        mshim_timed_end(&timing, MSHIM_FUNCTION_malloc);
    }
}

static double estimated_cycles(struct mshim_counters *out) {
    mshim_sampling_publish();
    mshim_counters_sum(out);
    cr_assert_neq(out->time_allocation_ns, MSHIM_ABSENT);
    return (double)out->time_allocation_ns * (double)(mshim_stats.to_cycles - mshim_stats.from_cycles) /
           (double)(mshim_stats.to_ns - mshim_stats.from_ns);
}

static double error_of(const struct mshim_counters *out) {
    return (double)out->time_allocation_error_ns / (double)out->time_allocation_ns;
}

/* Makes its calls; the cycles that they took. */
typedef double program(void);

/* Within what it says of itself, and a few percent that spinning is longer than asked for. */
static bool is_near(double estimated, double truth, double error) {
    return estimated > truth * (1 - error - 0.03) && estimated < truth * (1 + error + 0.1);
}

/* A machine that takes the processor away spoils an attempt, and not each of them. */
static void assert_near(program *run, double most_error) {
    enum { ATTEMPTS = 6 };
    struct mshim_counters out;
    double truth = 0, estimated = 0, error = 0;
    for (int i = 0; i < ATTEMPTS; i++) {
        mshim_sampling_thread = (struct mshim_sampling_stream){0};
        mshim_record_leave(mshim_record_enter(0));
        memset(&mshim_stats.timing, 0, sizeof mshim_stats.timing);
        truth = run();
        estimated = estimated_cycles(&out);
        error = error_of(&out);
        if (is_near(estimated, truth, error) && error < most_error)
            return;
    }
    cr_assert_fail("%g for %g, error %g of at most %g", estimated, truth, error, most_error);
}

static void skip_without_clock(void) {
    if (!mshim_cycles_are_steady())
        cr_skip_test("no steady cycle counter");
}

static void skip_without_ticks(void) {
    skip_without_clock();
    mshim_tick_start();
    if (mshim_tick_ns == 0)
        cr_skip_test("the kernel's tick cannot be seen here");
}

static double a_third_of(int calls, uint64_t in, uint64_t out) {
    for (int i = 0; i < calls; i++) {
        call(64, in);
        spin(out);
    }
    return (double)calls * (double)in;
}

static double a_third(void) {
    return a_third_of(400000, 3000, 6000);
}

/* A second or more, so a hundred ticks or more within calls. */
Test(sampling_sampler, known_part_of_the_time) {
    skip_without_ticks();
    assert_near(a_third, 0.3);
}

Test(sampling_sampler, without_ticks_half_of_the_figure_is_error) {
    skip_without_clock();
    assert_near(a_third, 1);
}

static double sparse(void) {
    return a_third_of(400, 3000000, 6000000);
}

/* Fewer calls than ticks. */
Test(sampling_sampler, few_and_long_calls) {
    skip_without_ticks();
    assert_near(sparse, 0.6);
}

static double one_in_ten_is_long(void) {
    enum { CALLS = 300000, SHORT = 200, LONG = 10000 };
    for (int i = 0; i < CALLS; i++)
        call(64, i % 10 ? SHORT : LONG);
    return CALLS / 10.0 * LONG + CALLS * 0.9 * SHORT;
}

/* A period that sampling must not keep step with. */
Test(sampling_sampler, mixture_with_a_period) {
    skip_without_ticks();
    assert_near(one_in_ten_is_long, 0.5);
}

static double all_sizes(void) {
    double truth = 0;
    srand(1);
    for (int i = 0; i < 60000; i++) {
        const size_t bytes = MSHIM_SAMPLING_LARGE_BYTES << rand() % 8;
        const uint64_t cycles = bytes / 32 + 500;
        call(bytes, cycles);
        truth += (double)cycles;
    }
    return truth;
}

/* Time goes with size, over two orders of magnitude. */
Test(sampling_sampler, large_calls_of_all_sizes) {
    skip_without_ticks();
    assert_near(all_sizes, 0.2);
}

static double phases(void) {
    enum { PHASES = 40, MANY = 20000, SHORT = 300, FEW = 500, LONG = 10000, OUT = 30000 };
    for (int phase = 0; phase < PHASES; phase++) {
        for (int i = 0; i < MANY; i++)
            call(16, SHORT);
        for (int i = 0; i < FEW; i++) {
            call(16, LONG);
            spin(OUT);
        }
    }
    return PHASES * ((double)MANY * SHORT + (double)FEW * LONG);
}

/* Many short calls, then a few long ones, over and over: how often they are timed differs by 40. */
Test(sampling_sampler, phases_of_different_rates_keep_their_weight) {
    skip_without_ticks();
    assert_near(phases, 1);
}

/* A tick that comes when the test says so. */
static uint64_t tick;

static void take_the_tick_over(void) {
    mshim_tick_word = &tick;
    mshim_tick_ns = 4000000;
}

static void next_tick(void) {
    tick = (tick + mshim_tick_ns) % 1000000000;
}

static void until_watching(void) {
    for (int i = 0; i < 100000000 && mshim_sampling_thread.state != MSHIM_SAMPLING_WATCH; i++)
        call(64, 1);
    cr_assert_eq(mshim_sampling_thread.state, MSHIM_SAMPLING_WATCH);
}

static uint64_t ticks_of_calls(void) {
    return mshim_stats.timing.dense_ticks.weights + mshim_stats.timing.sparse_ticks.weights;
}

Test(sampling_sampler, a_tick_within_a_watched_call_is_counted_and_ends_the_watch) {
    skip_without_clock();
    take_the_tick_over();
    until_watching();
    const uint64_t before = ticks_of_calls(), began = mshim_tick();
    next_tick();
    cr_assert(mshim_sampling_watched(&mshim_sampling_thread, 64, began));
    cr_assert_gt(ticks_of_calls(), before);
    cr_assert_neq(mshim_sampling_thread.state, MSHIM_SAMPLING_WATCH);
}

Test(sampling_sampler, a_tick_between_watched_calls_only_ends_the_watch) {
    skip_without_clock();
    take_the_tick_over();
    until_watching();
    const uint64_t before = ticks_of_calls();
    next_tick();
    call(64, 1);
    cr_assert_eq(ticks_of_calls(), before);
    cr_assert_neq(mshim_sampling_thread.state, MSHIM_SAMPLING_WATCH);
}

static uint64_t samples(void) {
    return mshim_stats.timing.rows[MSHIM_FUNCTION_malloc].samples;
}

static void empty_timed_call(void) {
    struct mshim_timed_call timing = {.stream = &mshim_sampling_thread, .bytes = 64};
    mshim_timed_begin(&timing);
    mshim_timed_end(&timing, MSHIM_FUNCTION_malloc);
}

Test(sampling_sampler, goes_on_after_a_jump_out_of_a_timed_call) {
    skip_without_clock();
    static jmp_buf back;
    while (mshim_sampling_thread.state != MSHIM_SAMPLING_BURST) /* the next call is timed */
        call(64, 1);
    if (setjmp(back) == 0) {
        struct mshim_timed_call timing = {.stream = &mshim_sampling_thread, .bytes = 64};
        mshim_timed_begin(&timing);
        longjmp(back, 1);
    }
    const uint64_t before = samples();
    for (int i = 0; i < 3 << 20; i++) {
        if (mshim_sampling_is_due(&mshim_sampling_thread, 64))
            empty_timed_call();
    }
    cr_assert_gt(samples(), before);
}

Test(sampling_sampler, calls_within_a_timed_call_are_part_of_it) {
    skip_without_clock();
    while (mshim_sampling_thread.state != MSHIM_SAMPLING_BURST)
        call(64, 1);
    const uint64_t before = samples();
    struct mshim_timed_call timing = {.stream = &mshim_sampling_thread, .bytes = 64};
    mshim_timed_begin(&timing);
    for (int i = 0; i < 100; i++)
        call(i % 2 ? 64 : 1 << 20, 1);
    mshim_timed_end(&timing, MSHIM_FUNCTION_malloc);
    cr_assert_eq(samples(), before + 1);
}

Test(sampling_sampler, stops_when_told_to) {
    skip_without_clock();
    for (int i = 0; i < 1000; i++)
        call(64, 1);
    mshim_sampling_stop();
    const uint64_t before = samples();
    for (int i = 0; i < 1000000; i++) {
        if (mshim_sampling_is_due(&mshim_sampling_thread, 64))
            empty_timed_call();
    }
    cr_assert_eq(samples(), before);
}
