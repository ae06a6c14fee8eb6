/* SPDX-License-Identifier: MIT */
/* The report that is written around results: whole, once, and with nothing in them that could become markup.
 */
#include "command/html/html.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char before_results[] = "<script type=\"application/json\" id=\"results\">";

static char *report_of(const char *json, size_t length) {
    char path[] = "/tmp/mshim-html-XXXXXX";
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    unlink(path);
    cr_assert(mshim_html_write(fd, json, length));
    const off_t size = lseek(fd, 0, SEEK_END);
    char *report = malloc((size_t)size + 1);
    cr_assert_eq(pread(fd, report, (size_t)size, 0), size);
    report[size] = 0;
    close(fd);
    return report;
}

/* What stands where the results belong, up to the end of their element. */
static char *results_in(const char *report) {
    const char *begin = strstr(report, before_results);
    cr_assert(begin);
    begin += strlen(before_results);
    const char *end = strstr(begin, "</script>");
    cr_assert(end);
    return strndup(begin, (size_t)(end - begin));
}

static void expect_results(const char *json, const char *expected) {
    char *report = report_of(json, strlen(json));
    char *results = results_in(report);
    cr_expect_str_eq(results, expected);
    free(results);
    free(report);
}

Test(html, puts_the_results_in_their_place) {
    expect_results("{\"format\": 1}", "{\"format\": 1}");
    expect_results("", "");
}

Test(html, leaves_no_markup_in_the_results) {
    expect_results("[\"</script><script>hit()\"]", "[\"\\u003c/script>\\u003cscript>hit()\"]");
    expect_results("[\"<!-- <script\"]", "[\"\\u003c!-- \\u003cscript\"]");
    expect_results("[\"<\"]", "[\"\\u003c\"]");
}

Test(html, keeps_what_only_a_script_would_misread) {
    expect_results("[\"\xe2\x80\xa8 & > @RESULTS@ \\u2029\"]", "[\"\xe2\x80\xa8 & > @RESULTS@ \\u2029\"]");
}

Test(html, ends_as_a_report_does_and_holds_no_placeholder) {
    char *report = report_of("{}", 2);
    cr_expect_eq(strncmp(report, "<!doctype html>\n", 16), 0);
    cr_expect_str_eq(report + strlen(report) - 16, "</body>\n</html>\n");
    cr_expect_null(strstr(report, "@RESULTS@"));
    free(report);
}

Test(html, takes_only_as_many_bytes_as_it_was_told) {
    char *report = report_of("[1]garbage", 3);
    char *results = results_in(report);
    cr_expect_str_eq(results, "[1]");
    free(results);
    free(report);
}

Test(html, says_when_the_disk_is_full) {
    const int full = open("/dev/full", O_WRONLY);
    cr_assert_geq(full, 0);
    cr_expect_not(mshim_html_write(full, "{}", 2));
    close(full);
}
