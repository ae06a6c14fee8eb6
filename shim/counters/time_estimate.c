/* SPDX-License-Identifier: MIT */
#include "counters/time_estimate.h"

#include "counters/records.h"

#include <string.h>

enum {
    LEAST_CLOCK_NS = 1000000,
    WINDOW = MSHIM_PAGE_TIME_CALLS,
    GAPS = WINDOW + 1, /* before, between and after */
};

/* 95 % of a normal distribution. */
static const double TWO_SIDED_95 = 1.96;

struct scale {
    double ns_a_cycle, empty_cycles, empty_gap_cycles;
};

/* Whatever the file has. */
static double believable(double empty_cycles) {
    return empty_cycles >= 0 && empty_cycles < 1e6 ? empty_cycles : 0;
}

static bool read_scale(const struct mshim_page *page, struct scale *scale) {
    const uint64_t ns = page->to_ns - page->from_ns, cycles = page->to_cycles - page->from_cycles;
    if (page->to_ns <= page->from_ns || page->to_cycles <= page->from_cycles || ns < LEAST_CLOCK_NS)
        return false;
    scale->ns_a_cycle = (double)ns / (double)cycles;
    scale->empty_cycles = believable(page->empty_cycles);
    scale->empty_gap_cycles = believable(page->empty_gap_cycles);
    return true;
}

static void add_row(struct mshim_page_time_row *to, const struct mshim_page_time_row *from) {
    const uint64_t max_cycles = MSHIM_READ(from->max_cycles);
    to->samples += MSHIM_READ(from->samples);
    to->calls += MSHIM_READ(from->calls);
    to->cycles += MSHIM_READ(from->cycles);
    if (max_cycles > to->max_cycles)
        to->max_cycles = max_cycles;
    for (unsigned i = 0; i < MSHIM_PAGE_TIME_CLASSES; i++)
        to->classes[i] += MSHIM_READ(from->classes[i]);
}

/* Where class 1 + i begins: 2^(i/2). */
static double class_from_cycles(unsigned index) {
    static const double half = 1.4142135623730951;
    return index == 0 ? 0 : (double)(1ull << ((index - 1) / 2)) * ((index - 1) % 2 ? half : 1);
}

/* The cycles that `part` of all calls did not exceed, evenly within a class. */
static double percentile(const struct mshim_page_time_row *row, double part) {
    uint64_t calls = 0;
    for (unsigned i = 0; i < MSHIM_PAGE_TIME_CLASSES; i++)
        calls += row->classes[i];
    double left = part * (double)calls;
    for (unsigned i = 0; i < MSHIM_PAGE_TIME_CLASSES - 1; i++) {
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

static void fill_row(struct mshim_function_time *out, const struct mshim_page_time_row *row,
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

static struct sum fill_rows(struct mshim_counters *out, const struct mshim_page_view *view,
                            const struct scale *scale) {
    struct sum sum = {0, 0};
    for (unsigned i = 0; i < MSHIM_PAGE_TIME_ROWS; i++) {
        struct mshim_page_time_row row;
        memset(&row, 0, sizeof row);
        for (uint32_t record = 0; record < mshim_page_view_count(view); record++)
            add_row(&row, &mshim_page_view_record(view, record)->time.rows[i]);
        fill_row(i < MSHIM_FUNCTIONS ? &out->function_times[i] : &out->python_times[i - MSHIM_FUNCTIONS],
                 &row, scale);
        sum.calls += (double)row.calls;
        sum.net_cycles += (double)row.cycles - (double)row.calls * scale->empty_cycles;
    }
    return sum;
}

/* What is left of fenced time in natural surroundings, and the cycles that this is applied to. */
struct overlap {
    double natural_part, dense_cycles;
};

static struct overlap read_overlap(const struct mshim_page_view *view, const struct scale *scale) {
    double paired = 0, natural = 0, fenced = 0, dense = 0, dense_cycles = 0;
    for (uint32_t i = 0; i < mshim_page_view_count(view); i++) {
        const struct mshim_page_time *time = &mshim_page_view_record(view, i)->time;
        paired += (double)MSHIM_READ(time->paired);
        natural += (double)MSHIM_READ(time->natural_cycles);
        fenced += (double)MSHIM_READ(time->fenced_cycles);
        dense += (double)MSHIM_READ(time->dense);
        dense_cycles += (double)MSHIM_READ(time->dense_cycles);
    }
    fenced -= paired * (WINDOW * scale->empty_cycles + GAPS * scale->empty_gap_cycles);
    dense_cycles -= dense * WINDOW * scale->empty_cycles;
    struct overlap overlap = {1, dense_cycles > 0 ? dense_cycles : 0};
    if (natural > 0 && fenced > natural)
        overlap.natural_part = natural / fenced;
    return overlap;
}

/* Of the weighted sum over windows, about their mean; and of that over large calls. */
static double variance_cycles2(const struct mshim_page_view *view, double natural_part) {
    double weights = 0, weights2 = 0, y = 0, y2 = 0, yy2 = 0, large = 0;
    for (uint32_t i = 0; i < mshim_page_view_count(view); i++) {
        const struct mshim_page_time *time = &mshim_page_view_record(view, i)->time;
        weights += time->weights;
        weights2 += time->weights2;
        y += time->weighted_cycles;
        y2 += time->weighted2_cycles;
        yy2 += time->weighted2_cycles2;
        large += time->large_variance_cycles2;
    }
    const double mean = weights > 0 ? y / weights : 0;
    const double of_windows = yy2 - 2 * mean * y2 + mean * mean * weights2;
    const double variance = large + natural_part * natural_part * (of_windows > 0 ? of_windows : 0);
    return variance >= 0 && variance < 1e60 ? variance : 0; /* whatever the file has */
}

static double calls_in_windows(const struct mshim_page_view *view) {
    double weights = 0;
    for (uint32_t i = 0; i < mshim_page_view_count(view); i++)
        weights += mshim_page_view_record(view, i)->time.weights;
    return weights * WINDOW;
}

/* By Newton's method: the library has no libm. */
static double square_root(double x) {
    double root = x > 1 ? x : 1;
    for (unsigned i = 0; i < 120 && x > 0; i++)
        root = (root + x / root) / 2;
    return x > 0 ? root : 0;
}

void mshim_time_estimate(const struct mshim_page_view *view, struct mshim_counters *out) {
    struct scale scale;
    if (!read_scale(view->page, &scale))
        return;
    const struct sum sum = fill_rows(out, view, &scale);
    const struct overlap overlap = read_overlap(view, &scale);
    const double taken_away = (1 - overlap.natural_part) * overlap.dense_cycles;
    const double cycles = sum.net_cycles - taken_away;
    if (!(cycles > 0))
        return;
    const double chance = TWO_SIDED_95 * square_root(variance_cycles2(view, overlap.natural_part));
    const double of_large = sum.calls - calls_in_windows(view);
    const double method =
        taken_away / 2 + (of_large > 0 ? of_large : 0) * (scale.empty_cycles + scale.empty_gap_cycles);
    out->time_allocation_ns = whole(cycles * scale.ns_a_cycle);
    out->time_allocation_error_ns = whole(square_root(chance * chance + method * method) * scale.ns_a_cycle);
}
