/* SPDX-License-Identifier: MIT */
#include "shared/stats/time_estimate.h"

#include "shared/stats/cell.h"

#include <stdbool.h>
#include <string.h>

enum { LEAST_CLOCK_NS = 1000000, MOST_TICK_NS = 1000000000, WINDOW = MSHIM_STATS_TIMING_CALLS };

/* 95 % of a normal distribution. */
static const double TWO_SIDED_95 = 1.96;
/* The way into a memory function is as long as many a call of it, and nobody looks at it. */
static const double MEMORY_DOUBT = 0.15;

struct scale {
    double ns_a_cycle, empty_cycles, empty_gap_cycles;
};

/* Whatever the file has. */
static double believable(double empty_cycles) {
    return empty_cycles >= 0 && empty_cycles < 1e6 ? empty_cycles : 0;
}

static bool read_scale(const struct mshim_stats *stats, struct scale *scale) {
    const uint64_t ns = stats->to_ns - stats->from_ns, cycles = stats->to_cycles - stats->from_cycles;
    if (stats->to_ns <= stats->from_ns || stats->to_cycles <= stats->from_cycles || ns < LEAST_CLOCK_NS)
        return false;
    scale->ns_a_cycle = (double)ns / (double)cycles;
    scale->empty_cycles = believable(stats->empty_cycles);
    scale->empty_gap_cycles = believable(stats->empty_gap_cycles);
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

/* The cycles that `part` of all calls did not exceed, evenly within a class. */
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

/* Of whatever the file has, no number too. */
static uint64_t whole(double number) {
    return number > 0 ? number < 1e18 ? (uint64_t)(number + 0.5) : (uint64_t)1e18 : 0;
}

static uint64_t to_ns(const struct scale *scale, double cycles) {
    return whole((cycles - scale->empty_cycles) * scale->ns_a_cycle);
}

static void fill_row(struct mshim_function_time *out, const struct mshim_stats_timing_row *row,
                     const struct scale *scale) {
    if (row->samples == 0)
        return;
    const double most = (double)row->max_cycles, p50 = percentile(row, 0.5), p99 = percentile(row, 0.99);
    out->samples = row->samples;
    out->p50_ns = to_ns(scale, p50 < most ? p50 : most);
    out->p99_ns = to_ns(scale, p99 < most ? p99 : most);
    out->max_ns = to_ns(scale, most);
}

/* All rows: figures of each, and the sum of all. */
struct sum {
    double calls, net_cycles;
};

static struct sum fill_rows(struct mshim_counters *out, const struct mshim_stats_view *view,
                            const struct scale *scale) {
    struct sum sum = {0, 0};
    for (unsigned i = 0; i < MSHIM_STATS_TIMING_ROWS; i++) {
        struct mshim_stats_timing_row row;
        memset(&row, 0, sizeof row);
        for (uint32_t record = 0; record < mshim_stats_view_count(view); record++)
            add_row(&row, &mshim_stats_view_record(view, record)->time.rows[i]);
        fill_row(i < MSHIM_FUNCTIONS ? &out->function_times[i] : &out->python_times[i - MSHIM_FUNCTIONS],
                 &row, scale);
        sum.calls += (double)row.calls;
        sum.net_cycles += (double)row.cycles - (double)row.calls * scale->empty_cycles;
    }
    return sum;
}

static void fill_memory_rows(struct mshim_counters *out, const struct mshim_stats *stats,
                             const struct scale *scale) {
    for (unsigned i = 0; i < MSHIM_MEMORY_FUNCTIONS; i++) {
        struct mshim_stats_timing_row row;
        memset(&row, 0, sizeof row);
        add_row(&row, &stats->memory_time.rows[i]);
        fill_row(&out->memory_function_times[i], &row, scale);
    }
}

/* By Newton's method: the library has no libm. */
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

/* What fences kept from overlapping is taken away in proportion: `natural` calls took so much, fenced ones
 * more. Whose time it was cannot be told. */
static struct estimate by_windows(const struct mshim_stats_view *view, const struct scale *scale,
                                  struct sum sum) {
    double natural = 0, fenced = 0, dense = 0, dense_cycles = 0;
    for (uint32_t i = 0; i < mshim_stats_view_count(view); i++) {
        const struct mshim_stats_timing *time = &mshim_stats_view_record(view, i)->time;
        natural += (double)MSHIM_READ(time->natural_cycles);
        fenced += (double)MSHIM_READ(time->fenced_cycles);
        dense += (double)MSHIM_READ(time->dense);
        dense_cycles += (double)MSHIM_READ(time->dense_cycles);
    }
    fenced -= dense * WINDOW * (scale->empty_cycles + scale->empty_gap_cycles);
    dense_cycles -= dense * WINDOW * scale->empty_cycles;
    const double part = fenced > natural ? natural / fenced : 1;
    const double cycles = sum.net_cycles - (dense_cycles > 0 ? (1 - part) * dense_cycles : 0);
    const double ns = (cycles > 0 ? cycles : 0) * scale->ns_a_cycle;
    return (struct estimate){ns, ns / 2};
}

static void add_ticks(struct mshim_stats_ticks *to, const struct mshim_stats_ticks *from) {
    to->weights += MSHIM_READ(from->weights);
    to->weights2 += MSHIM_READ(from->weights2);
}

/* Each tick within a call stands for the time between two. `longer`: how much the calls of some of them took
 * while they were watched; it holds the kernel's own time for the tick, too, and some of it goes by within
 * the calls: a quarter is taken into account, give or take as much. One tick more makes the error: that there
 * was none does not say that there is nothing. */
static struct estimate by_ticks(uint64_t tick_ns, double longer, const struct mshim_stats_ticks *some,
                                const struct mshim_stats_ticks *others) {
    const double quarter = (longer - 1) / 4, factor = 1 + quarter;
    const double weights = (double)some->weights, doubt = quarter * weights;
    const double variance = 1 + factor * factor * (double)some->weights2 + (double)others->weights2 +
                            doubt * doubt / (TWO_SIDED_95 * TWO_SIDED_95);
    return (struct estimate){(double)tick_ns * (factor * weights + (double)others->weights),
                             (double)tick_ns * square_root(variance)};
}

static struct estimate by_ticks_of_calls(const struct mshim_stats_view *view, uint64_t tick_ns) {
    struct mshim_stats_ticks ticks = {0, 0}, sparse = {0, 0};
    double watched = 0, unwatched = 0;
    for (uint32_t i = 0; i < mshim_stats_view_count(view); i++) {
        const struct mshim_stats_timing *time = &mshim_stats_view_record(view, i)->time;
        add_ticks(&ticks, &time->ticks);
        add_ticks(&sparse, &time->sparse_ticks);
        watched += (double)MSHIM_READ(time->watched_cycles);
        unwatched += (double)MSHIM_READ(time->unwatched_cycles);
    }
    return by_ticks(tick_ns, unwatched > 0 && watched > unwatched ? watched / unwatched : 1, &ticks, &sparse);
}

/* Each counts by its precision. What windows say may be off by half of the time that there is, whichever of
 * both tells it. */
static struct estimate both(struct estimate windows, struct estimate ticks) {
    const double by_windows = (windows.ns > ticks.ns ? windows.ns : ticks.ns) / 2;
    const double of_windows = by_windows > 0 ? 1 / (by_windows * by_windows) : 0;
    const double of_ticks = 1 / (ticks.deviation_ns * ticks.deviation_ns);
    return (struct estimate){(of_windows * windows.ns + of_ticks * ticks.ns) / (of_windows + of_ticks),
                             square_root(1 / (of_windows + of_ticks))};
}

static void fill_estimate(struct estimate estimate, uint64_t *ns, uint64_t *error_ns) {
    *ns = whole(estimate.ns);
    *error_ns = whole(TWO_SIDED_95 * estimate.deviation_ns);
}

void mshim_time_estimate(const struct mshim_stats_view *view, struct mshim_counters *out) {
    const struct mshim_stats *stats = view->stats;
    struct scale scale;
    if (!read_scale(stats, &scale))
        return;
    const uint64_t tick_ns = stats->tick_ns < MOST_TICK_NS ? stats->tick_ns : 0; /* whatever the file has */
    const struct sum sum = fill_rows(out, view, &scale);
    if (sum.calls > 0) {
        struct estimate estimate = by_windows(view, &scale, sum);
        if (tick_ns)
            estimate = both(estimate, by_ticks_of_calls(view, tick_ns));
        fill_estimate(estimate, &out->time_allocation_ns, &out->time_allocation_error_ns);
    }
    fill_memory_rows(out, stats, &scale);
    if (tick_ns && MSHIM_READ(stats->memory_time.ticks_seen)) {
        struct mshim_stats_ticks ticks = {0, 0}, none = {0, 0};
        add_ticks(&ticks, &stats->memory_time.ticks);
        struct estimate estimate = by_ticks(tick_ns, 1, &ticks, &none);
        const double doubt_ns = estimate.ns * MEMORY_DOUBT;
        estimate.deviation_ns =
            square_root(estimate.deviation_ns * estimate.deviation_ns + doubt_ns * doubt_ns);
        fill_estimate(estimate, &out->time_memory_ns, &out->time_memory_error_ns);
    }
}
