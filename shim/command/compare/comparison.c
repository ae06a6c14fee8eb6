/* SPDX-License-Identifier: MIT */
#include "command/compare/comparison.h"

#include <math.h>
#include <stdlib.h>

/* With fewer samples of a run it is chance whether all of its processes were seen. */
enum { SAMPLES_MIN = 3 };

size_t mshim_comparison_live(const struct mshim_comparison *comparison) {
    size_t live = 0;
    for (size_t i = 0; i < comparison->arms.count; i++)
        live += !comparison->arms.arm[i].voided[0];
    return live;
}

double mshim_comparison_median(const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                               enum mshim_measure measure) {
    double *const values = calloc(comparison->turns + 1, sizeof *values), median = NAN;
    bool all = values != NULL;
    for (size_t turn = 0; all && turn < comparison->turns; turn++) {
        values[turn] = arm->runs[turn].values[measure];
        all = !isnan(values[turn]);
    }
    if (all)
        median = mshim_statistics_median(values, comparison->turns);
    free(values);
    return median;
}

bool mshim_comparison_ratio(const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                            const struct mshim_arm *other, enum mshim_measure measure,
                            struct mshim_statistics_estimate *ratio) {
    const double arms = (double)comparison->arms.count;
    const double pairs = arms * (arms - 1) / 2;
    double *const logs = calloc(comparison->turns + 1, sizeof *logs);
    bool well = logs != NULL && !arm->voided[0] && !other->voided[0];
    for (size_t turn = 0; well && turn < comparison->turns; turn++) {
        const double mine = arm->runs[turn].values[measure], theirs = other->runs[turn].values[measure];
        well = mine > 0 && theirs > 0;
        logs[turn] = well ? log(mine / theirs) : 0;
    }
    well = well && mshim_statistics_paired(ratio, logs, comparison->turns, MSHIM_COMPARE_LEVEL / pairs);
    free(logs);
    if (well)
        *ratio = (struct mshim_statistics_estimate){exp(ratio->median), exp(ratio->low), exp(ratio->high)};
    return well;
}

bool mshim_comparison_is_precise(const struct mshim_comparison *comparison, double *factor) {
    const struct mshim_arm *const reference = &comparison->arms.arm[0];
    double widest = 0;
    for (size_t i = 1; i < comparison->arms.count; i++) {
        const struct mshim_arm *const arm = &comparison->arms.arm[i];
        struct mshim_statistics_estimate ratio;
        if (arm->voided[0])
            continue;
        const bool known = mshim_comparison_ratio(comparison, arm, reference, comparison->primary, &ratio);
        const double width = known ? ratio.high / ratio.low - 1 : INFINITY;
        widest = width > widest ? width : widest;
    }
    widest /= comparison->settings.precision_percent / 100;
    if (factor)
        *factor = widest;
    return widest <= 1;
}

static bool all_runs(const struct mshim_comparison *comparison, bool (*holds)(const struct mshim_run *run)) {
    for (size_t i = 0; i < comparison->arms.count; i++)
        for (size_t turn = 0; turn < comparison->turns && !comparison->arms.arm[i].voided[0]; turn++)
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
