/* SPDX-License-Identifier: MIT */
/* What the writers make of hostile names, absent values and a full disk. */
#include "shared/report/write.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char written[64 * 1024];

static const char *write_with(enum mshim_report_format format, const char *program,
                              struct mshim_counters *counters) {
    static struct mshim_options options;
    char path[] = "/tmp/mshim-report-XXXXXX";
    mshim_options_default(&options);
    struct mshim_writer writer = {.fd = mkstemp(path)};
    cr_assert_geq(writer.fd, 0);
    unlink(path);
    const struct mshim_report report = {.pid = 7,
                                        .parent_pid = 1,
                                        .pid_namespace = MSHIM_ABSENT,
                                        .forked_from_pid = MSHIM_ABSENT,
                                        .program = program,
                                        .libc = "glibc",
                                        .state = "ended",
                                        .wall_ns = 1234567890,
                                        .system_cpu_ns = MSHIM_ABSENT,
                                        .version = MSHIM_VERSION,
                                        .allocator = "mimalloc",
                                        .allocator_version = "2.0.9",
                                        .options = &options,
                                        .counting = true,
                                        .counters = counters};
    mshim_report_write(&writer, format, &report);
    cr_assert(mshim_writer_flush(&writer));
    const ssize_t length = pread(writer.fd, written, sizeof written - 1, 0);
    cr_assert_gt(length, 0);
    written[length] = 0;
    close(writer.fd);
    return written;
}

static struct mshim_counters absent(void) {
    struct mshim_counters counters;
    memset(&counters, 0xff, sizeof counters);
    memset(counters.functions, 0, sizeof counters.functions);
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        counters.sizes[i].calls = 0;
    return counters;
}

Test(report, escapes_what_is_no_text_in_json) {
    struct mshim_counters counters = absent();
    const char *json = write_with(MSHIM_REPORT_JSON, "a\"b\\c\n\xff\xc3\xa9", &counters);
    cr_assert(strstr(json, "\"program\": \"a\\\"b\\\\c\\u000a\\u00ff\xc3\xa9\""), "%s", json);
}

Test(report, does_not_command_the_terminal) {
    struct mshim_counters counters = absent();
    const char *text = write_with(MSHIM_REPORT_TEXT, "a\033[2J\n\x7f\xc3\xa9", &counters);
    cr_assert_eq(strncmp(text, "a?[2J??\xc3\xa9 (glibc", 16), 0, "%s", text);
}

Test(report, leaves_absent_values_out) {
    struct mshim_counters counters = absent();
    counters.memory_live_bytes = 5;
    const char *json = write_with(MSHIM_REPORT_JSON, "x", &counters);
    cr_assert(strstr(json, "\"memory\": {\"live_bytes\": 5}"), "%s", json);
    cr_assert_not(strstr(json, "18446744073709551615"), "%s", json);
    cr_assert_not(strstr(json, "page_faults"), "%s", json);
}

Test(report, gives_seconds_with_three_decimals) {
    struct mshim_counters counters = absent();
    cr_assert(strstr(write_with(MSHIM_REPORT_JSON, "x", &counters), "\"wall_seconds\": 1.234,"), "%s",
              written);
}

Test(report, counts_buckets_up_in_prometheus_text) {
    struct mshim_counters counters = absent();
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++) {
        counters.sizes[i].to_bytes = i;
        counters.sizes[i].calls = i < 3;
    }
    counters.functions[MSHIM_FUNCTION_malloc].calls = 3;
    counters.functions[MSHIM_FUNCTION_malloc].requested_bytes = 40;
    const char *prom = write_with(MSHIM_REPORT_PROM, "x", &counters);
    cr_assert(strstr(prom, "mshim_calls_total{function=\"malloc\"} 3\n"), "%s", prom);
    cr_assert(strstr(prom, "mshim_request_size_bytes_bucket{le=\"1\"} 2\n"), "%s", prom);
    cr_assert(strstr(prom, "mshim_request_size_bytes_bucket{le=\"+Inf\"} 3\n"), "%s", prom);
    cr_assert(strstr(prom, "mshim_request_size_bytes_sum 40\n"), "%s", prom);
}

Test(report, takes_the_format_from_the_ending) {
    cr_assert_eq(mshim_report_format_of("/a/b.json"), MSHIM_REPORT_JSON);
    cr_assert_eq(mshim_report_format_of("b.prom"), MSHIM_REPORT_PROM);
    cr_assert_eq(mshim_report_format_of("json"), MSHIM_REPORT_TEXT);
    cr_assert_eq(mshim_report_format_of("a.json.txt"), MSHIM_REPORT_TEXT);
}

Test(report, says_that_a_full_disk_took_nothing) {
    struct mshim_writer writer = {.fd = open("/dev/full", O_WRONLY)};
    cr_assert_geq(writer.fd, 0);
    mshim_write_text(&writer, "x");
    cr_assert_not(mshim_writer_flush(&writer));
    close(writer.fd);
}
