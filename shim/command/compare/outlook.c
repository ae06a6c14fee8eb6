/* SPDX-License-Identifier: MIT */
#include "command/compare/outlook.h"

#include <math.h>
#include <stdio.h>

/* Nobody waits for more than so many turns, and no estimate of how many there would be is worth telling. */
static const double turns_max = 10000;

/* "--time 125", "-n 80 --time 125": the options with which there would be so many turns. */
static void options_for(char text[64], const struct mshim_comparison *comparison, double turns) {
    const double more = turns - (double)comparison->turns;
    const double seconds = comparison->elapsed_seconds + more * comparison->turn_seconds;
    const double rounded = ceil(seconds * 1.1 / 5) * 5;
    const bool needs_runs = turns > (double)comparison->settings.runs;
    const bool needs_time = rounded > comparison->settings.seconds;
    char runs[24] = "", time[24] = "";
    if (needs_runs)
        snprintf(runs, sizeof runs, "-n %.0f", turns);
    if (needs_time)
        snprintf(time, sizeof time, "--time %.0f", rounded);
    snprintf(text, 64, "%s%s%s", runs, needs_runs && needs_time ? " " : "", time);
}

void mshim_outlook_make(char text[MSHIM_OUTLOOK_BYTES], const struct mshim_comparison *comparison) {
    const double least = (double)mshim_comparison_turns_min(comparison), turns = (double)comparison->turns;
    char options[64];
    text[0] = 0;
    if (comparison->turns == 0 || comparison->stopped_by == MSHIM_STOPPED_BY_PRECISION ||
        mshim_comparison_live(comparison) < 2)
        return;
    if (turns < least) {
        options_for(options, comparison, least);
        snprintf(text, MSHIM_OUTLOOK_BYTES, "an answer for %zu arms needs %.0f turns%s%s",
                 mshim_comparison_compared(comparison), least, options[0] ? ": " : "", options);
        return;
    }
    const double width = mshim_comparison_width(comparison), wanted = ceil(turns * width * width);
    if (!isfinite(width) || width <= 1 || wanted > turns_max)
        return;
    options_for(options, comparison, wanted);
    snprintf(text, MSHIM_OUTLOOK_BYTES, "intervals as narrow as %g %%%s would take about %.0f turns%s%s",
             comparison->settings.precision_percent,
             comparison->settings.precision_given ? "" : ", or a fifth of a difference,", wanted,
             options[0] ? ": " : "", options);
}
