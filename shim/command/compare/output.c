/* SPDX-License-Identifier: MIT */
#include "command/compare/output.h"
#include "command/compare/outlook.h"
#include "command/screen/output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void time_text(char text[16], double seconds) {
    if (isnan(seconds))
        strcpy(text, "-");
    else if (seconds < 0.9995)
        snprintf(text, 16, "%.3g ms", seconds * 1e3);
    else
        snprintf(text, 16, "%.3g s", seconds);
}

static void memory_text(char text[16], double bytes) {
    if (isnan(bytes))
        strcpy(text, "-");
    else
        snprintf(text, 16, bytes < 9.95 * 1048576 ? "%.1f MiB" : "%.0f MiB", bytes / 1048576);
}

static void ratio_text(char text[32], const struct mshim_comparison *comparison, const struct mshim_arm *arm,
                       enum mshim_measure measure) {
    struct mshim_statistics_estimate ratio;
    if (arm == &comparison->arms.arm[0])
        strcpy(text, "1");
    else if (!mshim_comparison_ratio(comparison, arm, &comparison->arms.arm[0], measure, &ratio))
        strcpy(text, "-");
    else if (isfinite(ratio.high))
        snprintf(text, 32, "%.3f (%.3f to %.3f)", ratio.median, ratio.low, ratio.high);
    else
        snprintf(text, 32, "%.3f", ratio.median);
}

static void print_arm(const struct mshim_comparison *comparison, const struct mshim_arm *arm, int width) {
    char primary[16], user[16], system[16], memory[16], ratio[32], memory_ratio[32];
    const enum mshim_measure measure = comparison->primary;
    const double value = mshim_comparison_median(comparison, arm, measure);
    if (measure == MSHIM_MEASURE_requests_per_second)
        snprintf(primary, sizeof primary, "%.0f/s", value);
    else
        time_text(primary, value);
    time_text(user, mshim_comparison_median(comparison, arm, MSHIM_MEASURE_user));
    time_text(system, mshim_comparison_median(comparison, arm, MSHIM_MEASURE_system));
    memory_text(memory, mshim_comparison_median(comparison, arm, MSHIM_MEASURE_peak_memory));
    ratio_text(ratio, comparison, arm, measure);
    ratio_text(memory_ratio, comparison, arm, MSHIM_MEASURE_peak_memory);
    mshim_print("%-*s %9s  %-23s %9s %9s %10s  %s", width, arm->name, primary, ratio, user, system, memory,
                memory_ratio);
}

static bool any_dropped(const struct mshim_comparison *comparison) {
    for (size_t i = 0; i < comparison->arms.count; i++)
        if (comparison->arms.arm[i].dropped_after)
            return true;
    return false;
}

void mshim_comparison_print(const struct mshim_comparison *comparison,
                            const struct mshim_verdict_text *verdict) {
    static const char *const stopped_by[] = {"the intervals are narrow enough",
                                             "that is as many as were allowed", "the time is up",
                                             "interrupted"};
    int width = 8;
    for (size_t i = 0; i < comparison->arms.count; i++) {
        const int length = (int)strlen(comparison->arms.arm[i].name);
        width = length > width && length <= 40 ? length : width;
    }
    if (comparison->turns > 0) {
        mshim_print("%-*s %9s  %-23s %9s %9s %10s  %s", width, "arm",
                    comparison->primary == MSHIM_MEASURE_requests_per_second ? "requests"
                    : comparison->primary == MSHIM_MEASURE_ready             ? "ready"
                                                                             : "wall",
                    "ratio", "user", "system", "memory", "ratio");
        for (size_t i = 0; i < comparison->arms.count; i++)
            if (!comparison->arms.arm[i].voided[0])
                print_arm(comparison, &comparison->arms.arm[i], width);
        mshim_print("Medians of %zu runs each%s; ratios to %s, paired by turn, with 95 %% intervals; %s.",
                    comparison->turns, any_dropped(comparison) ? " (of dropped arms: fewer)" : "",
                    comparison->arms.arm[0].name, stopped_by[comparison->stopped_by]);
        mshim_print("Memory: %s.", mshim_peak_source_title(comparison->peak_source));
        mshim_print("%s", "");
    }
    for (size_t i = 0; i < verdict->count; i++)
        mshim_print("%s", verdict->line[i]);
    char outlook[MSHIM_OUTLOOK_BYTES];
    mshim_outlook_make(outlook, comparison);
    if (outlook[0])
        mshim_print("%s", outlook);
}
