/* SPDX-License-Identifier: MIT */
#include "shared/stats/time_estimate.h"

#include "shared/base/clock.h"
#include "shared/stats/cell.h"

#include <stdbool.h>
#include <string.h>

enum {
    MIN_CLOCK_NS = MSHIM_NS_PER_MILLISECOND, /* what a rate of the cycle counter is taken from */
    MAX_TICK_NS = MSHIM_NS_PER_SECOND,
    BURST_CALLS = MSHIM_STATS_BURST_CALLS,
};

/* Standard deviations of a normal distribution that 95 % lie within. */
static const double TWO_SIDED_95 = 1.96;
/* Relative, on top of the statistical error: the call and return of a memory function are outside of what is
 * watched, and for short operands take as long as the function itself. */
static const double MEMFUNCS_SYSTEMATIC_ERROR = 0.15;

struct scale {
    double ns_per_cycle, empty_call_cycles, empty_gap_cycles;
};

/* The file may hold anything, NaN too. */
static double plausible(double cycles) {
    return cycles >= 0 && cycles < 1e6 ? cycles : 0;
}

static bool read_scale(const struct mshim_stats *stats, struct scale *scale) {
    const uint64_t ns = stats->to_ns - stats->from_ns, cycles = stats->to_cycles - stats->from_cycles;
    if (stats->to_ns <= stats->from_ns || stats->to_cycles <= stats->from_cycles || ns < MIN_CLOCK_NS)
        return false;
    scale->ns_per_cycle = (double)ns / (double)cycles;
    scale->empty_call_cycles = plausible(stats->empty_call_cycles);
    scale->empty_gap_cycles = plausible(stats->empty_gap_cycles);
    return true;
}

static void add_row(struct mshim_stats_timing_row *to, const struct mshim_stats_timing_row *from) {
    const uint64_t max_cycles = MSHIM_READ(from->max_cycles);
    to->samples += MSHIM_READ(from->samples);
    to->calls += MSHIM_READ(from->calls);
    to->cycles += MSHIM_READ(from->cycles);
    if (max_cycles > to->max_cycles)
        to->max_cycles = max_cycles;
    for (unsigned i = 0; i < MSHIM_STATS_TIMING_CLASSES; i++)
        to->classes[i] += MSHIM_READ(from->classes[i]);
}

/* Where class 1 + i begins: 2^(i/2). */
static double class_from_cycles(unsigned index) {
    static const double half = 1.4142135623730951;
    return index == 0 ? 0 : (double)(1ull << ((index - 1) / 2)) * ((index - 1) % 2 ? half : 1);
}

/* The cycles that a `part` of all calls did not exceed, where calls are spread evenly within a class. */
static double percentile(const struct mshim_stats_timing_row *row, double part) {
    uint64_t calls = 0;
    for (unsigned i = 0; i < MSHIM_STATS_TIMING_CLASSES; i++)
        calls += row->classes[i];
    double left = part * (double)calls;
    for (unsigned i = 0; i < MSHIM_STATS_TIMING_CLASSES - 1; i++) {
        const double in_class = (double)row->classes[i];
        if (left <= in_class && in_class > 0) {
            const double from = class_from_cycles(i), to = class_from_cycles(i + 1);
            return from + (to - from) * left / in_class;
        }
        left -= in_class;
    }
    return (double)row->max_cycles;
}

/* Rounded, and limited to what makes sense: the file may have led to anything, NaN too. */
static uint64_t rounded(double number) {
    return number > 0 ? number < 1e18 ? (uint64_t)(number + 0.5) : (uint64_t)1e18 : 0;
}

static uint64_t to_ns(const struct scale *scale, double cycles) {
    return rounded((cycles - scale->empty_call_cycles) * scale->ns_per_cycle);
}

static void fill_row(struct mshim_function_time *out, const struct mshim_stats_timing_row *row,
                     const struct scale *scale) {
    if (row->samples == 0)
        return;
    const double max = (double)row->max_cycles, p50 = percentile(row, 0.5), p99 = percentile(row, 0.99);
    out->samples = row->samples;
    out->p50_ns = to_ns(scale, p50 < max ? p50 : max);
    out->p99_ns = to_ns(scale, p99 < max ? p99 : max);
    out->max_ns = to_ns(scale, max);
}

/* Over all functions, weighted, less the cost of timing. */
struct sum {
    double calls, net_cycles;
};

static struct sum fill_rows(struct mshim_counters *out, const struct mshim_stats *stats,
                            const struct scale *scale) {
    struct sum sum = {0, 0};
    for (unsigned i = 0; i < MSHIM_STATS_TIMING_ROWS; i++) {
        struct mshim_stats_timing_row row;
        memset(&row, 0, sizeof row);
        add_row(&row, &stats->timing.rows[i]);
        fill_row(i < MSHIM_FUNCTIONS ? &out->function_times[i] : &out->python_times[i - MSHIM_FUNCTIONS],
                 &row, scale);
        sum.calls += (double)row.calls;
        sum.net_cycles += (double)row.cycles - (double)row.calls * scale->empty_call_cycles;
    }
    return sum;
}

static void fill_memfuncs_rows(struct mshim_counters *out, const struct mshim_stats *stats,
                               const struct scale *scale) {
    for (unsigned i = 0; i < MSHIM_MEMORY_FUNCTIONS; i++) {
        struct mshim_stats_timing_row row;
        memset(&row, 0, sizeof row);
        add_row(&row, &stats->memfuncs_timing.rows[i]);
        fill_row(&out->memory_function_times[i], &row, scale);
    }
}

/* By Newton's method: the library may not need libm. */
static double square_root(double x) {
    double root = x > 1 ? x : 1;
    for (unsigned i = 0; i < 120 && x > 0; i++)
        root = (root + x / root) / 2;
    return x > 0 ? root : 0;
}

/* A figure and its standard deviation. */
struct estimate {
    double ns, deviation_ns;
};

/* Fenced calls took longer than the same number of calls before them, by what the processor otherwise
 * overlaps. Whether calls or their surroundings gain by the overlap cannot be told: both are reduced by the
 * same factor. */
static struct estimate by_bursts(const struct mshim_stats *stats, const struct scale *scale, struct sum sum) {
    const struct mshim_stats_timing *timing = &stats->timing;
    const double unfenced = (double)MSHIM_READ(timing->unfenced_cycles);
    const double bursts = (double)MSHIM_READ(timing->bursts);
    double fenced = (double)MSHIM_READ(timing->burst_cycles);
    double in_calls = (double)MSHIM_READ(timing->burst_call_cycles);
    fenced -= bursts * BURST_CALLS * (scale->empty_call_cycles + scale->empty_gap_cycles);
    in_calls -= bursts * BURST_CALLS * scale->empty_call_cycles;
    const double factor = fenced > unfenced ? unfenced / fenced : 1;
    const double cycles = sum.net_cycles - (in_calls > 0 ? (1 - factor) * in_calls : 0);
    const double ns = (cycles > 0 ? cycles : 0) * scale->ns_per_cycle;
    return (struct estimate){ns, ns / 2};
}

static void add_ticks(struct mshim_stats_ticks *to, const struct mshim_stats_ticks *from) {
    to->weights += MSHIM_READ(from->weights);
    to->squared_weights += MSHIM_READ(from->squared_weights);
}

/*
 * Each tick within a call stands for one period.
 *
 * Watching slows a program down by the factor `slowdown`, and what that adds lies mostly outside of the
 * calls, so dense calls are hit by fewer ticks than their share of the undisturbed time. But some of it does
 * lie within them, and the slowdown as measured includes the kernel's handling of the tick. A quarter of it
 * is corrected for, with an uncertainty of as much.
 *
 * The variance of a count is the count, and one is added: that no tick was seen does not prove that there is
 * nothing.
 */
static struct estimate by_ticks(uint64_t tick_ns, double slowdown, const struct mshim_stats_ticks *dense,
                                const struct mshim_stats_ticks *sparse) {
    const double correction = (slowdown - 1) / 4, factor = 1 + correction;
    const double dense_weights = (double)dense->weights, uncertainty = correction * dense_weights;
    const double variance = 1 + factor * factor * (double)dense->squared_weights +
                            (double)sparse->squared_weights +
                            uncertainty * uncertainty / (TWO_SIDED_95 * TWO_SIDED_95);
    return (struct estimate){(double)tick_ns * (factor * dense_weights + (double)sparse->weights),
                             (double)tick_ns * square_root(variance)};
}

static struct estimate by_ticks_of_calls(const struct mshim_stats *stats, uint64_t tick_ns) {
    struct mshim_stats_ticks dense = {0, 0}, sparse = {0, 0};
    const double watched = (double)MSHIM_READ(stats->timing.watched_cycles);
    const double unwatched = (double)MSHIM_READ(stats->timing.unwatched_cycles);
    add_ticks(&dense, &stats->timing.dense_ticks);
    add_ticks(&sparse, &stats->timing.sparse_ticks);
    return by_ticks(tick_ns, unwatched > 0 && watched > unwatched ? watched / unwatched : 1, &dense, &sparse);
}

/* The mean, weighted by precision (the inverse of the variance). The estimate by bursts may be off by half of
 * the true time, for which the larger of both estimates stands here. */
static struct estimate combined(struct estimate bursts, struct estimate ticks) {
    const double deviation_ns = (bursts.ns > ticks.ns ? bursts.ns : ticks.ns) / 2;
    const double of_bursts = deviation_ns > 0 ? 1 / (deviation_ns * deviation_ns) : 0;
    const double of_ticks = 1 / (ticks.deviation_ns * ticks.deviation_ns);
    return (struct estimate){(of_bursts * bursts.ns + of_ticks * ticks.ns) / (of_bursts + of_ticks),
                             square_root(1 / (of_bursts + of_ticks))};
}

static void fill_estimate(struct estimate estimate, uint64_t *ns, uint64_t *error_ns) {
    *ns = rounded(estimate.ns);
    *error_ns = rounded(TWO_SIDED_95 * estimate.deviation_ns);
}

void mshim_time_estimate(const struct mshim_stats *stats, struct mshim_counters *out) {
    struct scale scale;
    if (!read_scale(stats, &scale))
        return;
    const uint64_t tick_ns = stats->tick_ns < MAX_TICK_NS ? stats->tick_ns : 0;
    const struct sum sum = fill_rows(out, stats, &scale);
    if (sum.calls > 0) {
        struct estimate estimate = by_bursts(stats, &scale, sum);
        if (tick_ns)
            estimate = combined(estimate, by_ticks_of_calls(stats, tick_ns));
        fill_estimate(estimate, &out->time_allocation_ns, &out->time_allocation_error_ns);
    }
    fill_memfuncs_rows(out, stats, &scale);
    if (tick_ns && MSHIM_READ(stats->memfuncs_timing.ticks_seen)) {
        struct mshim_stats_ticks ticks = {0, 0}, none = {0, 0};
        add_ticks(&ticks, &stats->memfuncs_timing.ticks);
        struct estimate estimate = by_ticks(tick_ns, 1, &ticks, &none);
        const double systematic_ns = estimate.ns * MEMFUNCS_SYSTEMATIC_ERROR;
        estimate.deviation_ns =
            square_root(estimate.deviation_ns * estimate.deviation_ns + systematic_ns * systematic_ns);
        fill_estimate(estimate, &out->time_memory_ns, &out->time_memory_error_ns);
    }
}
