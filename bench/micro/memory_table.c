/* SPDX-License-Identifier: MIT */
#include "memory_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void memory_table_json(const char *path, const struct memory_figures *figures) {
    FILE *out = strcmp(path, "-") ? fopen(path, "w") : stdout;
    if (!out)
        memory_die("cannot write", path);
    fprintf(out, "{\"format\": 1, \"reference\": \"%s\", \"figures\": [", figures->arms[0]);
    const char *comma = "";
    for (size_t f = 0; f < MEMORY_FUNCTIONS; f++)
        for (size_t b = 0; b < MEMORY_BANDS; b++)
            for (size_t k = 0; k < figures->arm_count; k++) {
                const struct memory_figure *figure = &figures->of[f][b][k];
                if (figure->ratio == 0)
                    continue;
                fprintf(out,
                        "%s\n  {\"function\": \"%s\", \"band\": \"%s\", \"arm\": \"%s\", \"ns_per_call\": "
                        "%.3f, \"ratio\": %.4f}",
                        comma, memory_functions[f].name, memory_bands[b].name, figures->arms[k],
                        figure->ns_per_call, figure->ratio);
                comma = ",";
            }
    fprintf(out, "\n]}\n");
    if (out != stdout)
        fclose(out);
}

void memory_table_print(const struct memory_figures *figures, size_t arm, bool ratios) {
    double log_sum[MEMORY_BANDS + 1] = {0};
    size_t count[MEMORY_BANDS + 1] = {0};
    printf(ratios ? "\n%s, time over %s's\n%-10s" : "\n%s, ns per call%.0s\n%-10s", figures->arms[arm],
           figures->arms[0], "");
    for (size_t b = 0; b < MEMORY_BANDS; b++)
        printf("%10s", memory_bands[b].name);
    printf(ratios ? "   geomean\n" : "\n");
    for (size_t f = 0; f < MEMORY_FUNCTIONS; f++) {
        double row = 0;
        size_t measured = 0;
        for (size_t b = 0; b < MEMORY_BANDS; b++)
            measured += figures->of[f][b][arm].ratio != 0;
        if (!measured)
            continue;
        printf("%-10s", memory_functions[f].name);
        for (size_t b = 0; b < MEMORY_BANDS; b++) {
            const struct memory_figure figure = figures->of[f][b][arm];
            if (figure.ratio == 0)
                printf("%10s", "");
            else if (!ratios)
                printf("%10.1f", figure.ns_per_call);
            else {
                printf("%10.3f", figure.ratio);
                row += log(figure.ratio);
                log_sum[b] += log(figure.ratio), count[b]++;
                log_sum[MEMORY_BANDS] += log(figure.ratio), count[MEMORY_BANDS]++;
            }
        }
        if (ratios)
            printf("%10.3f", exp(row / (double)measured));
        printf("\n");
    }
    if (!ratios)
        return;
    printf("%-10s", "geomean");
    for (size_t b = 0; b <= MEMORY_BANDS; b++)
        if (count[b])
            printf("%10.3f", exp(log_sum[b] / (double)count[b]));
        else
            printf("%10s", "");
    printf("\n");
}
