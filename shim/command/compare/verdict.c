/* SPDX-License-Identifier: MIT */
#include "command/compare/verdict.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *bytes;
    size_t used, size;
};

static void append(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text->bytes + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    text->used += length > 0 ? (size_t)length : 0;
    if (text->used >= text->size)
        text->used = text->size - 1;
}

static struct text next_line(struct mshim_verdict_text *verdict) {
    if (verdict->count < MSHIM_VERDICT_LINES)
        verdict->count++;
    return (struct text){verdict->line[verdict->count - 1], 0, MSHIM_VERDICT_BYTES};
}

static bool is_known(const struct mshim_statistics_estimate *ratio) {
    return isfinite(ratio->low) && isfinite(ratio->high) && ratio->low > 0;
}

static bool differs(const struct mshim_statistics_estimate *ratio) {
    return is_known(ratio) && (ratio->low > 1 || ratio->high < 1);
}

/* The largest difference that the interval leaves possible, in percent. */
static double largest_percent(const struct mshim_statistics_estimate *ratio) {
    const double up = ratio->high - 1, down = 1 - ratio->low;
    return (up > down ? up : down) * 100;
}

/* Rounded up, but not for the last bits of the numbers: "1.5 %" */
static void append_percent(struct text *text, double percent) {
    const double steps = percent < 10 ? 10 : 1;
    append(text, "%.*f %%", percent < 10 ? 1 : 0, ceil(percent * steps - 1e-6) / steps);
}

/* A factor with as many digits as tell it from 1. */
static int digits_of(double factor) {
    return factor < 1.02 ? 3 : factor < 100 ? 2 : 0;
}

/* "1.84x faster (1.79 to 1.90)" */
static void append_factor(struct text *text, const struct mshim_statistics_estimate *ratio,
                          bool more_is_better, const char *better, const char *worse) {
    const bool is_better = (ratio->median > 1) == more_is_better;
    const bool inverted = ratio->median < 1;
    const double middle = inverted ? 1 / ratio->median : ratio->median;
    const double low = inverted ? 1 / ratio->high : ratio->low,
                 high = inverted ? 1 / ratio->low : ratio->high;
    const int digits = digits_of(low);
    append(text, "%.*fx %s (%.*f to %.*f)", digits, middle, is_better ? better : worse, digits, low, digits,
           high);
}

/* How a difference of what decides is called. */
struct words {
    const char *better, *worse;
};

static struct words words_of(enum mshim_measure measure) {
    if (measure == MSHIM_MEASURE_wall)
        return (struct words){"faster", "slower"};
    if (measure == MSHIM_MEASURE_ready)
        return (struct words){"sooner ready", "later ready"};
    return (struct words){"the requests per second", "fewer requests per second"};
}

static void append_primary(struct text *text, enum mshim_measure measure,
                           const struct mshim_statistics_estimate *ratio) {
    const struct words words = words_of(measure);
    if (!is_known(ratio))
        append(text, "too few runs to tell");
    else if (!differs(ratio)) {
        append(text, "no difference found larger than ");
        append_percent(text, largest_percent(ratio));
    } else
        append_factor(text, ratio, mshim_measure_table[measure].more_is_better, words.better, words.worse);
}

/* " (1.75x slower in 7 of 7 turns)": what is seen, where nothing can be concluded from it yet. */
static void append_seen(struct text *text, const struct mshim_comparison *comparison,
                        const struct mshim_arm *arm, const struct mshim_statistics_estimate *ratio) {
    const enum mshim_measure measure = comparison->primary;
    const struct words words = words_of(measure);
    const bool inverted = ratio->median < 1;
    const double middle = inverted ? 1 / ratio->median : ratio->median;
    size_t alike = 0;
    for (size_t turn = 0; turn < comparison->turns; turn++) {
        const double mine = arm->runs[turn].values[measure],
                     theirs = comparison->arms.arm[0].runs[turn].values[measure];
        alike += inverted ? mine < theirs : mine > theirs;
    }
    append(text, " (%.*fx %s in %zu of %zu turns)", digits_of(middle), middle,
           inverted != mshim_measure_table[measure].more_is_better ? words.better : words.worse, alike,
           comparison->turns);
}

/* "memory +3 %", with its interval where that is not as narrow as the figure pretends. */
static void append_memory(struct text *text, const struct mshim_statistics_estimate *ratio) {
    const double middle = (ratio->median - 1) * 100, low = (ratio->low - 1) * 100,
                 high = (ratio->high - 1) * 100;
    if (!differs(ratio)) {
        append(text, ", memory the same");
        if (largest_percent(ratio) >= 0.05) {
            append(text, " within ");
            append_percent(text, largest_percent(ratio));
        }
        return;
    }
    const int digits = fabs(middle) < 1 ? 1 : 0;
    append(text, ", memory %+.*f %%", digits, middle);
    if (high - low > 1)
        append(text, " (%+.*f to %+.*f)", digits, low, digits, high);
}

static void say_arm(struct mshim_verdict_text *verdict, const struct mshim_comparison *comparison,
                    const struct mshim_arm *arm) {
    const struct mshim_arm *const reference = &comparison->arms.arm[0];
    struct text text = next_line(verdict);
    struct mshim_statistics_estimate ratio;
    append(&text, "%s: ", arm->name);
    if (arm->voided[0]) {
        append(&text, "void, %s", arm->voided);
        return;
    }
    if (!mshim_comparison_ratio(comparison, arm, reference, comparison->primary, &ratio)) {
        append(&text, "nothing to compare it by");
        return;
    }
    append_primary(&text, comparison->primary, &ratio);
    if (!is_known(&ratio)) {
        append_seen(&text, comparison, arm, &ratio);
        return;
    }
    if (comparison->settings.load &&
        mshim_comparison_ratio(comparison, arm, reference, MSHIM_MEASURE_latency_p99, &ratio) &&
        differs(&ratio)) {
        append(&text, ", p99 of the latency ");
        append_factor(&text, &ratio, false, "lower", "higher");
    }
    if (mshim_comparison_ratio(comparison, arm, reference, MSHIM_MEASURE_peak_memory, &ratio))
        append_memory(&text, &ratio);
    if (arm->dropped_after)
        append(&text, "; dropped after %zu turns", arm->dropped_after);
}

/* What makes the figures of a server doubtful. */
static void say_doubts(struct mshim_verdict_text *verdict, const struct mshim_comparison *comparison,
                       const struct mshim_arm *arm) {
    double errors = 0;
    size_t killed = 0;
    const size_t turns = mshim_comparison_turns_of(comparison, arm);
    for (size_t turn = 0; turn < turns && !arm->voided[0]; turn++) {
        const double count = arm->runs[turn].values[MSHIM_MEASURE_request_errors];
        errors += isnan(count) ? 0 : count;
        killed += arm->runs[turn].was_killed;
    }
    if (errors > 0) {
        struct text text = next_line(verdict);
        append(&text, "%s: %.0f requests failed, so that its figures are not those of a working server",
               arm->name, errors);
    }
    if (killed > 0) {
        struct text text = next_line(verdict);
        append(&text, "%s: did not stop when it was asked to, and was killed, in %zu of %zu runs", arm->name,
               killed, turns);
    }
}

struct best {
    bool among[MSHIM_ARMS]; /* those of which none is known to be worse than another */
    size_t count, first, live;
};

/* Of two arms, the second the better one by its median: is that known? Directly, or since the reference is
 * known to be better than the first: where arms are many, or the turns few, only the pairs with the reference
 * are known. */
static bool is_worse(const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                     const struct mshim_arm *better, enum mshim_measure measure) {
    struct mshim_statistics_estimate ratio;
    bool is_better;
    if (arm == better)
        return false;
    if (mshim_comparison_ratio(comparison, arm, better, measure, &ratio) && differs(&ratio))
        return true;
    return arm != &comparison->arms.arm[0] &&
           mshim_comparison_differs(comparison, arm, measure, &is_better) && !is_better;
}

static bool find_best(const struct mshim_comparison *comparison, enum mshim_measure measure,
                      struct best *best) {
    const bool more_is_better = mshim_measure_table[measure].more_is_better;
    double record = NAN;
    *best = (struct best){0};
    for (size_t i = 0; i < comparison->arms.count; i++) {
        const struct mshim_arm *const arm = &comparison->arms.arm[i];
        /* Of an arm that was dropped there are the first turns alone, when the clock may have been another.
         */
        const bool out = arm->voided[0] || (arm->dropped_after && measure == comparison->primary);
        const double median = out ? NAN : mshim_comparison_median(comparison, arm, measure);
        best->live += !arm->voided[0];
        if (!isnan(median) && (isnan(record) || (more_is_better ? median > record : median < record))) {
            record = median;
            best->first = i;
        }
    }
    if (isnan(record))
        return false;
    for (size_t i = 0; i < comparison->arms.count; i++) {
        const struct mshim_arm *const arm = &comparison->arms.arm[i];
        const double median = arm->voided[0] ? NAN : mshim_comparison_median(comparison, arm, measure);
        best->among[i] =
            !isnan(median) && !is_worse(comparison, arm, &comparison->arms.arm[best->first], measure);
        best->count += best->among[i];
    }
    return true;
}

static void append_names(struct text *text, const struct mshim_comparison *comparison,
                         const struct best *best) {
    const char *separator = "";
    for (size_t i = 0; i < comparison->arms.count; i++)
        if (best->among[i]) {
            append(text, "%s%s", separator, comparison->arms.arm[i].name);
            separator = ", ";
        }
}

static void say_best(struct mshim_verdict_text *verdict, const struct mshim_comparison *comparison,
                     const struct best *best, const char *what) {
    struct text text = next_line(verdict);
    if (best->count == best->live) {
        append(&text, "%s: no arm could be told from the others", what);
        return;
    }
    append(&text, "%s: ", what);
    append_names(&text, comparison, best);
    if (best->count > 1)
        append(&text, " (not told from each other)");
}

/* Where what is fastest takes more memory than something else does. */
static void say_trade_off(struct mshim_verdict_text *verdict, const struct mshim_comparison *comparison,
                          const struct best *fast, const struct best *small) {
    for (size_t i = 0; i < comparison->arms.count; i++)
        if (fast->among[i] && small->among[i])
            return;
    const struct mshim_arm *const fastest = &comparison->arms.arm[fast->first];
    const struct mshim_arm *const smallest = &comparison->arms.arm[small->first];
    struct mshim_statistics_estimate time, memory;
    if (!mshim_comparison_ratio(comparison, fastest, smallest, comparison->primary, &time) ||
        !mshim_comparison_ratio(comparison, fastest, smallest, MSHIM_MEASURE_peak_memory, &memory))
        return;
    struct text text = next_line(verdict);
    append(&text, "trade-off: %s against %s is ", fastest->name, smallest->name);
    append_primary(&text, comparison->primary, &time);
    append_memory(&text, &memory);
}

void mshim_verdict_make(struct mshim_verdict_text *verdict, const struct mshim_comparison *comparison) {
    const struct mshim_arms *const arms = &comparison->arms;
    struct best fast, small;
    verdict->count = 0;
    for (size_t i = 1; i < arms->count; i++)
        say_arm(verdict, comparison, &arms->arm[i]);
    for (size_t i = 0; i < arms->count; i++)
        say_doubts(verdict, comparison, &arms->arm[i]);
    const bool has_fast = find_best(comparison, comparison->primary, &fast);
    const bool has_small = find_best(comparison, MSHIM_MEASURE_peak_memory, &small);
    if (arms->count < 3)
        return;
    if (has_fast)
        say_best(verdict, comparison, &fast,
                 comparison->primary == MSHIM_MEASURE_requests_per_second ? "most requests" : "fastest");
    if (has_small)
        say_best(verdict, comparison, &small, "least memory");
    if (has_fast && has_small)
        say_trade_off(verdict, comparison, &fast, &small);
}
