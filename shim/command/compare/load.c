/* SPDX-License-Identifier: MIT */
#include "command/compare/load.h"

#include <math.h>
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
    const char *unit = "";
    const double number = number_behind(output, label, &unit);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!isnan(number) && strncmp(unit, units[i].unit, strlen(units[i].unit)) == 0)
            return number * units[i].seconds;
    return NAN;
}

/* "Socket errors: connect 0, read 0, write 0, timeout 0", and answers that say that something is wrong; lines
 * that are missing where there were none. */
static double failed_requests(const char *output) {
    static const char *const kinds[] = {", read", ", write", ", timeout"};
    const char *rest = "";
    const double answers = number_behind(output, "Non-2xx or 3xx responses:", &rest);
    double sum = isnan(answers) ? 0 : answers;
    double number = number_behind(output, "Socket errors: connect", &rest);
    for (size_t i = 0; !isnan(number); i++) {
        sum += number;
        number = i < sizeof kinds / sizeof *kinds ? number_behind(rest, kinds[i], &rest) : NAN;
    }
    return sum;
}

void mshim_load_read(double values[MSHIM_MEASURES], const char *output) {
    const char *rest = "";
    values[MSHIM_MEASURE_requests_per_second] = number_behind(output, "Requests/sec:", &rest);
    if (isnan(values[MSHIM_MEASURE_requests_per_second]))
        return;
    values[MSHIM_MEASURE_latency_p50] = seconds_behind(output, "50%");
    values[MSHIM_MEASURE_latency_p99] = seconds_behind(output, "99%");
    values[MSHIM_MEASURE_request_errors] = failed_requests(output);
}
