/* SPDX-License-Identifier: MIT */
#include "compare/load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number behind `label`, where that begins a line but for blanks; NAN where there is none. *rest is what
 * follows. */
static double number_behind(const char *output, const char *label, const char **rest) {
    for (const char *line = output; line; line = strchr(line, '\n')) {
        line += strspn(line, " \n");
        if (strncmp(line, label, strlen(label)) == 0) {
            char *end;
            const double number = strtod(line + strlen(label), &end);
            *rest = end;
            return end > line + strlen(label) && isfinite(number) && number >= 0 ? number : NAN;
        }
        if (!*line)
            break;
    }
    return NAN;
}

/* "1.23ms" */
static double seconds_behind(const char *output, const char *label) {
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
    const char *unit;
    const double number = number_behind(output, label, &unit);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!isnan(number) && strncmp(unit, units[i].unit, strlen(units[i].unit)) == 0)
            return number * units[i].seconds;
    return NAN;
}

void mshim_load_read(double values[MSHIM_MEASURES], const char *output) {
    const char *rest;
    values[MSHIM_MEASURE_requests_per_second] = number_behind(output, "Requests/sec:", &rest);
    if (isnan(values[MSHIM_MEASURE_requests_per_second]))
        return;
    values[MSHIM_MEASURE_latency_p50] = seconds_behind(output, "50%");
    values[MSHIM_MEASURE_latency_p99] = seconds_behind(output, "99%");
    double errors = 0;
    static const char *const labels[] = {"Non-2xx or 3xx responses:", "Socket errors: connect"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        const double number = number_behind(output, labels[i], &rest);
        errors += isnan(number) ? 0 : number;
    }
    unsigned long reads = 0, writes = 0, timeouts = 0;
    const char *const sockets = strstr(output, "Socket errors: connect");
    if (sockets && sscanf(sockets, "Socket errors: connect %*u, read %lu, write %lu, timeout %lu", &reads,
                          &writes, &timeouts) == 3)
        errors += (double)(reads + writes + timeouts);
    values[MSHIM_MEASURE_request_errors] = errors;
}
