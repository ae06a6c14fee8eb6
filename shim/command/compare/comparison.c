/* SPDX-License-Identifier: MIT */
#include "command/compare/comparison.h"
#include "command/compare/design.h"
#include "command/compare/schedule.h"

#include <math.h>
#include <stdlib.h>

/* With fewer samples of a run it is chance whether all of its processes were seen. */
enum { SAMPLES_MIN = 3 };

/* Of an effect, on a scale of logarithms: so narrow is an interval narrow enough. */
static const double effect_part = 0.2;

size_t mshim_comparison_live(const struct mshim_comparison *comparison) {
    size_t live = 0;
    for (size_t i = 0; i < comparison->arms.count; i++)
        live += !comparison->arms.arm[i].voided[0];
    return live;
}

size_t mshim_comparison_turns_of(const struct mshim_comparison *comparison, const struct mshim_arm *arm) {
    return arm->dropped_after > 0 && arm->dropped_after < comparison->turns ? arm->dropped_after
                                                                            : comparison->turns;
}

double mshim_comparison_median(const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                               enum mshim_measure measure) {
    const size_t turns = mshim_comparison_turns_of(comparison, arm);
    double *const values = calloc(turns + 1, sizeof *values), median = NAN;
    bool all = values != NULL;
    for (size_t turn = 0; all && turn < turns; turn++) {
        values[turn] = arm->runs[turn].values[measure];
        all = !isnan(values[turn]);
    }
    if (all)
        median = mshim_statistics_median(values, turns);
    free(values);
    return median;
}

size_t mshim_comparison_compared(const struct mshim_comparison *comparison) {
    return comparison->compared ? comparison->compared : comparison->arms.count;
}

size_t mshim_comparison_turns_min(const struct mshim_comparison *comparison) {
    const size_t arms = mshim_comparison_compared(comparison), early = mshim_design_early_turns(arms);
    size_t turns = 1;
    if (!comparison->one_look)
        return early;
    while (mshim_design_one_look_level(arms, turns, true) == 0)
        turns++;
    return turns;
}

/* The level for two arms that ran together in *turns turns, by the design; 0: these are too few. Lowers
 * *turns to those of the early look where they are too few for another. */
static double level_of(const struct mshim_comparison *comparison, bool with_reference, size_t *turns) {
    const size_t arms = mshim_comparison_compared(comparison), early = mshim_design_early_turns(arms);
    const double late_level = mshim_design_late_level(arms);
    if (comparison->one_look)
        return mshim_design_one_look_level(arms, *turns, with_reference);
    if (*turns > early && mshim_design_suffices(*turns, late_level))
        return late_level;
    if (*turns < early || !with_reference)
        return 0;
    *turns = early;
    return mshim_design_early_level(arms);
}

bool mshim_comparison_ratio(const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                            const struct mshim_arm *other, enum mshim_measure measure,
                            struct mshim_statistics_estimate *ratio) {
    const struct mshim_arm *const reference = &comparison->arms.arm[0];
    const size_t mine = mshim_comparison_turns_of(comparison, arm),
                 theirs = mshim_comparison_turns_of(comparison, other);
    size_t turns = mine < theirs ? mine : theirs;
    const double level = level_of(comparison, arm == reference || other == reference, &turns);
    double *const logs = calloc(turns + 1, sizeof *logs);
    bool well = logs != NULL && !arm->voided[0] && !other->voided[0];
    for (size_t turn = 0; well && turn < turns; turn++) {
        const double above = arm->runs[turn].values[measure], below = other->runs[turn].values[measure];
        well = above > 0 && below > 0;
        logs[turn] = well ? log(above / below) : 0;
    }
    well = well && mshim_statistics_paired(ratio, logs, turns, level);
    free(logs);
    if (well)
        *ratio = (struct mshim_statistics_estimate){exp(ratio->median), exp(ratio->low), exp(ratio->high)};
    return well;
}

bool mshim_comparison_differs(const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                              enum mshim_measure measure, bool *is_better) {
    struct mshim_statistics_estimate ratio;
    if (!mshim_comparison_ratio(comparison, arm, &comparison->arms.arm[0], measure, &ratio))
        return false;
    *is_better = (ratio.median > 1) == mshim_measure_table[measure].more_is_better;
    return ratio.low > 1 || ratio.high < 1;
}

/* The width that is narrow enough for a ratio. */
static double width_wanted(const struct mshim_comparison_settings *settings,
                           const struct mshim_statistics_estimate *ratio) {
    const double asked = settings->precision_percent / 100;
    const double effect = exp(effect_part * fabs(log(ratio->median))) - 1;
    return !settings->precision_given && effect > asked ? effect : asked;
}

double mshim_comparison_width(const struct mshim_comparison *comparison) {
    const struct mshim_arm *const reference = &comparison->arms.arm[0];
    double widest = 0;
    for (size_t i = 1; i < comparison->arms.count; i++) {
        const struct mshim_arm *const arm = &comparison->arms.arm[i];
        struct mshim_statistics_estimate ratio;
        if (arm->voided[0] || arm->dropped_after)
            continue;
        const bool known = mshim_comparison_ratio(comparison, arm, reference, comparison->primary, &ratio);
        const double width =
            known ? (ratio.high / ratio.low - 1) / width_wanted(&comparison->settings, &ratio) : INFINITY;
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* Not the best for certain, and not with less memory either. */
static bool is_hopeless(const struct mshim_comparison *comparison, const struct mshim_arm *arm) {
    bool is_better;
    if (!mshim_comparison_differs(comparison, arm, comparison->primary, &is_better) || is_better)
        return false;
    static const enum mshim_measure memory[] = {MSHIM_MEASURE_peak_memory, MSHIM_MEASURE_max_rss};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
        if (mshim_comparison_differs(comparison, arm, memory[i], &is_better) && is_better)
            return false;
    return true;
}

/* The time of the others is saved, so that there have to be some. */
static void drop_hopeless(struct mshim_comparison *comparison) {
    bool hopeless[MSHIM_ARMS] = {false};
    size_t left = 0;
    for (size_t i = 1; i < comparison->arms.count; i++) {
        const struct mshim_arm *const arm = &comparison->arms.arm[i];
        hopeless[i] = !arm->voided[0] && is_hopeless(comparison, arm);
        left += !arm->voided[0] && !hopeless[i];
    }
    for (size_t i = 1; i < comparison->arms.count && left > 0; i++)
        if (hopeless[i])
            comparison->arms.arm[i].dropped_after = comparison->turns;
}

bool mshim_comparison_look(struct mshim_comparison *comparison) {
    if (comparison->one_look)
        return false;
    if (comparison->turns == mshim_design_early_turns(mshim_comparison_compared(comparison)) &&
        !comparison->settings.precision_given) {
        drop_hopeless(comparison);
        /* More arms have to be told from each other, too, which takes a later look. */
        return mshim_comparison_compared(comparison) == 2 && mshim_comparison_width(comparison) <= 1;
    }
    return mshim_schedule_looks(comparison->turns) && mshim_comparison_width(comparison) <= 1;
}

static bool all_runs(const struct mshim_comparison *comparison, bool (*holds)(const struct mshim_run *run)) {
    for (size_t i = 0; i < comparison->arms.count; i++)
        for (size_t turn = 0; turn < mshim_comparison_turns_of(comparison, &comparison->arms.arm[i]) &&
                              !comparison->arms.arm[i].voided[0];
             turn++)
            if (!holds(&comparison->arms.arm[i].runs[turn]))
                return false;
    return true;
}

static bool in_cgroup(const struct mshim_run *run) {
    return run->in_cgroup && !isnan(run->values[MSHIM_MEASURE_peak_memory]);
}

static bool is_sampled(const struct mshim_run *run) {
    return !run->in_cgroup && run->samples >= SAMPLES_MIN && !isnan(run->values[MSHIM_MEASURE_peak_memory]);
}

void mshim_comparison_choose_memory(struct mshim_comparison *comparison) {
    comparison->peak_source = all_runs(comparison, in_cgroup)    ? MSHIM_PEAK_CGROUP
                              : all_runs(comparison, is_sampled) ? MSHIM_PEAK_PSS
                                                                 : MSHIM_PEAK_MAX_RSS;
    if (comparison->peak_source != MSHIM_PEAK_MAX_RSS)
        return;
    for (size_t i = 0; i < comparison->arms.count; i++)
        for (size_t turn = 0; turn < comparison->turns; turn++) {
            double *const values = comparison->arms.arm[i].runs[turn].values;
            values[MSHIM_MEASURE_peak_memory] = values[MSHIM_MEASURE_max_rss];
        }
}

void mshim_comparison_free(struct mshim_comparison *comparison) {
    for (size_t i = 0; i < comparison->arms.count; i++) {
        struct mshim_run *const runs = comparison->arms.arm[i].runs;
        for (size_t turn = 0; runs && turn < comparison->settings.runs; turn++)
            free(runs[turn].points);
        free(runs);
    }
    mshim_arms_free(&comparison->arms);
}
