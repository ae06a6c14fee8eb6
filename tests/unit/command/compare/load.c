/* SPDX-License-Identifier: MIT */
#include "command/compare/load.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>

/* As wrk 4.1.0 and 4.2.0 write it. */
static const char wrk[] = "Running 1s test @ http://127.0.0.1:8765/\n"
                          "  1 threads and 4 connections\n"
                          "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n"
                          "    Latency    44.01ms    1.12ms  55.59ms   98.84%\n"
                          "    Req/Sec    90.70     10.10   101.00     90.00%\n"
                          "  Latency Distribution\n"
                          "     50%  713.00us\n"
                          "     75%   43.98ms\n"
                          "     90%   44.24ms\n"
                          "     99%    1.25s \n"
                          "  86 requests in 1.00s, 1.36MB read\n";

static double values[MSHIM_MEASURES];

static void setup(void) {
    for (size_t i = 0; i < MSHIM_MEASURES; i++)
        values[i] = NAN;
}

static void read_wrk(const char *rest) {
    static char output[4096];
    snprintf(output, sizeof output, "%s%sTransfer/sec:      1.36MB\n", wrk, rest);
    mshim_load_read(values, output);
}

Test(compare_load, rate_and_latencies, .init = setup) {
    read_wrk("Requests/sec:     85.91\n");
    cr_assert_float_eq(values[MSHIM_MEASURE_requests_per_second], 85.91, 1e-9);
    cr_assert_float_eq(values[MSHIM_MEASURE_latency_p50], 713e-6, 1e-12);
    cr_assert_float_eq(values[MSHIM_MEASURE_latency_p99], 1.25, 1e-12);
    cr_assert_eq(values[MSHIM_MEASURE_request_errors], 0);
}

Test(compare_load, failed_requests_are_summed, .init = setup) {
    read_wrk("  Socket errors: connect 1, read 20, write 300, timeout 4000\n"
             "  Non-2xx or 3xx responses: 50000\n"
             "Requests/sec:     85.91\n");
    cr_assert_eq(values[MSHIM_MEASURE_request_errors], 54321);
}

Test(compare_load, what_is_not_there_is_absent, .init = setup) {
    mshim_load_read(values, "  50%  1.00ms\n"); /* not wrk */
    cr_assert(isnan(values[MSHIM_MEASURE_latency_p50]));
    mshim_load_read(values, "Requests/sec:  12.00\n");
    cr_assert_eq(values[MSHIM_MEASURE_requests_per_second], 12);
    cr_assert(isnan(values[MSHIM_MEASURE_latency_p50]));
    cr_assert(isnan(values[MSHIM_MEASURE_latency_p99]));
}

Test(compare_load, figures_that_are_none_are_absent, .init = setup) {
    static const char *const bad[] = {"Requests/sec:",
                                      "Requests/sec: many\n",
                                      "Requests/sec: nan\n",
                                      "Requests/sec: inf\n",
                                      "Requests/sec: -1\n",
                                      "Requests/sec: 1e999\n",
                                      "",
                                      "\n\n\n",
                                      "Requests/sec"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mshim_load_read(values, bad[i]);
        cr_expect(isnan(values[MSHIM_MEASURE_requests_per_second]), "%s", bad[i]);
    }
}
