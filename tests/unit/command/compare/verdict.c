/* SPDX-License-Identifier: MIT */
#include "command/compare/verdict.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TURNS = 20 };

static struct mshim_comparison comparison;
static struct mshim_verdict_text sentences;

/* Adds an arm whose runs are `time` and `memory` times the first's, give or take what is in `jitter`. */
static struct mshim_arm *add(const char *name, double time, double memory, double jitter) {
    struct mshim_arm *const arm = &comparison.arms.arm[comparison.arms.count++];
    comparison.settings.runs = comparison.turns = TURNS;
    comparison.primary = MSHIM_MEASURE_wall;
    arm->name = strdup(name);
    arm->runs = calloc(TURNS, sizeof *arm->runs);
    for (size_t turn = 0; turn < TURNS; turn++) {
        const double off = 1 + jitter * ((double)(turn % 5) - 2);
        for (size_t i = 0; i < MSHIM_MEASURES; i++)
            arm->runs[turn].values[i] = NAN;
        arm->runs[turn].values[MSHIM_MEASURE_wall] = (1 + (double)turn / 10) * time * off;
        arm->runs[turn].values[MSHIM_MEASURE_peak_memory] = 1e7 * memory;
    }
    return arm;
}

static void assert_said(size_t count, const char *const *lines) {
    mshim_verdict_make(&sentences, &comparison);
    for (size_t i = 0; i < count && i < sentences.count; i++)
        cr_expect_str_eq(sentences.line[i], lines[i]);
    cr_assert_eq(sentences.count, count, "%zu lines, the last: %s", sentences.count,
                 sentences.line[sentences.count - 1]);
    mshim_comparison_free(&comparison);
}

#define ASSERT_SAID(...)                                                                                     \
    do {                                                                                                     \
        const char *const lines[] = {__VA_ARGS__};                                                           \
        assert_said(sizeof lines / sizeof *lines, lines);                                                    \
    } while (0)

Test(compare_verdict, faster_with_more_memory_is_a_trade_off) {
    add("none", 1, 1, 0);
    add("mimalloc", 0.5, 1.03, 0.01);
    add("jemalloc", 0.8, 0.9, 0.01);
    ASSERT_SAID("mimalloc: 2.00x faster (1.98 to 2.02), memory +3 %",
                "jemalloc: 1.25x faster (1.24 to 1.26), memory -10 %", "fastest: mimalloc",
                "least memory: jemalloc",
                "trade-off: mimalloc against jemalloc is 1.60x faster (1.60 to 1.60), memory +14 %");
}

Test(compare_verdict, both_the_best_is_no_trade_off) {
    add("none", 1, 1, 0);
    add("mimalloc", 0.5, 0.9, 0.01);
    add("none-again", 1, 1, 0.01);
    ASSERT_SAID("mimalloc: 2.00x faster (1.98 to 2.02), memory -10 %",
                "none-again: no difference found larger than 1.1 %, memory the same", "fastest: mimalloc",
                "least memory: mimalloc");
}

Test(compare_verdict, slower_and_small_differences) {
    add("none", 1, 1, 0);
    add("a", 3, 1.002, 0);
    add("b", 1.01, 0.25, 0.001);
    ASSERT_SAID("a: 3.00x slower (3.00 to 3.00), memory +0.2 %",
                "b: 1.010x slower (1.009 to 1.011), memory -75 %", "fastest: none", "least memory: b",
                "trade-off: none against b is 1.010x faster (1.009 to 1.011), memory +300 %");
}

Test(compare_verdict, two_arms_need_no_ranking) {
    add("none", 1, 1, 0);
    add("none-again", 1, 1, 0.02);
    ASSERT_SAID("none-again: no difference found larger than 2.0 %, memory the same");
}

Test(compare_verdict, void_arms_say_why_and_do_not_win) {
    add("none", 1, 1, 0);
    strcpy(add("x", 0.1, 0.1, 0)->voided, "because");
    add("y", 1, 1, 0.01);
    ASSERT_SAID("x: void, because", "y: no difference found larger than 1.1 %, memory the same",
                "fastest: no arm could be told from the others",
                "least memory: no arm could be told from the others");
}

Test(compare_verdict, too_few_runs_say_nothing) {
    add("none", 1, 1, 0);
    add("a", 0.1, 2, 0);
    comparison.turns = 3;
    ASSERT_SAID("a: too few runs to tell (10.00x faster in 3 of 3 turns)");
}

Test(compare_verdict, servers_are_told_by_their_requests) {
    struct mshim_arm *const arms[] = {add("none", 1, 1, 0), add("a", 1, 1, 0)};
    comparison.primary = MSHIM_MEASURE_requests_per_second;
    comparison.settings.load = "wrk";
    for (size_t turn = 0; turn < TURNS; turn++)
        for (size_t i = 0; i < 2; i++) {
            double *const values = arms[i]->runs[turn].values;
            values[MSHIM_MEASURE_requests_per_second] = i == 0 ? 100 : 150;
            values[MSHIM_MEASURE_latency_p99] = i == 0 ? 0.010 : 0.020;
            values[MSHIM_MEASURE_request_errors] = i == 0 ? 0 : 2;
        }
    ASSERT_SAID("a: 1.50x the requests per second (1.50 to 1.50), p99 of the latency 2.00x higher (2.00 to "
                "2.00), memory the same",
                "a: 40 requests failed, so that its figures are not those of a working server");
}
