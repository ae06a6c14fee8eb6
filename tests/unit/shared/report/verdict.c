/* SPDX-License-Identifier: MIT */
/* What the verdict says, and what it leaves unsaid. */
#include "shared/report/verdict.h"
#include "shared/report/figures.h"
#include "shared/report/rates.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct mshim_counters counters;
static struct mshim_report report;
static struct mshim_rates rates;
static char said[8192];

/* A process that has used a second of CPU time within ten, and about which nothing else is known. */
static void make(void) {
    memset(&counters, 0xff, sizeof counters); /* MSHIM_ABSENT */
    memset(counters.functions, 0, sizeof counters.functions);
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        counters.sizes[i] = (struct mshim_size_class){i * 16, i * 16 + 15, 0};
    memset(&rates, 0, sizeof rates);
    report = (struct mshim_report){.pid = 17,
                                   .state = "running",
                                   .wall_ns = 10000000000u,
                                   .cpu_ns = 1000000000,
                                   .system_cpu_ns = MSHIM_ABSENT,
                                   .counting = true,
                                   .counters = &counters};
}

TestSuite(verdict, .init = make);

static const char *verdict(void) {
    char path[] = "/tmp/mshim-verdict-XXXXXX";
    struct mshim_writer writer = {.fd = mkstemp(path)};
    unlink(path);
    mshim_report_verdict(&writer, &report);
    cr_assert(mshim_writer_flush(&writer));
    const ssize_t length = pread(writer.fd, said, sizeof said - 1, 0);
    close(writer.fd);
    cr_assert_gt(length, 0);
    said[length] = 0;
    return said;
}

#define SAYS(text)      cr_assert(strstr(verdict(), text), "%s", said)
#define SAYS_NOT(text)  cr_assert_not(strstr(verdict(), text), "%s", said)
#define PURGE           "`mshim purge 17`"
#define COMPARE         "`mshim compare`"
#define GOES_ON_GROWING "go on growing"

Test(verdict, says_nothing_of_what_is_not_known) {
    cr_assert_str_eq(verdict(), "\nIn words:\n- 0 calls of the allocator, 0 a second.\n");
    report.counting = false;
    cr_assert_str_eq(verdict(), "\nIn words:\n- Counters are off: what allocation does is not known.\n");
}

Test(verdict, names_the_size_that_dominates_only_where_one_does) {
    counters.sizes[2].calls = 60;
    counters.sizes[5].calls = 40;
    SAYS("60.0 % of the sizes asked for are 32 to 47 bytes.");
    for (unsigned i = 10; i < 20; i++)
        counters.sizes[i].calls = 20;
    SAYS("No size dominates: the most frequent, 32 to 47 bytes, has 20.0 % of the calls.");
}

Test(verdict, purge_is_for_much_that_is_retained_by_one_that_runs) {
    counters.memory_rss_bytes = 100 << 20;
    counters.memory_live_bytes = 20 << 20;
    counters.memory_retained_bytes = 60 << 20;
    SAYS("Of 100M resident 20M are live, 60M retained");
    SAYS(PURGE);
    report.state = "died";
    SAYS_NOT(PURGE);
    report.state = "running";
    counters.memory_retained_bytes = 10 << 20;
    SAYS_NOT(PURGE);
}

Test(verdict, purge_is_worth_a_try_where_much_was_freed_and_is_resident) {
    counters.memory_rss_bytes = 100 << 20;
    counters.memory_live_bytes = 20 << 20;
    counters.memory_peak_live_bytes = 90 << 20;
    SAYS("(this one does not say how much)");
    SAYS(PURGE);
    counters.memory_peak_live_bytes = 21 << 20;
    SAYS_NOT(PURGE);
}

Test(verdict, growth_is_above_what_was_there_before) {
    report.rates = &rates;
    rates.interval_ns = 2000000000;
    counters.memory_live_bytes = 100 << 20;
    rates.live_bytes = (struct mshim_change){true, 10 << 20};
    SAYS("Live bytes grew by 10M within 2 s, 5.0M a second.");
    SAYS_NOT(GOES_ON_GROWING);
    rates.peak_live_bytes = (struct mshim_change){true, 10 << 20};
    SAYS(GOES_ON_GROWING);
    SAYS_NOT("tracemalloc");
    counters.python_object.allocations = 1;
    SAYS("tracemalloc");
    rates.live_bytes.more = -(10 << 20);
    SAYS("Live bytes shrank by 10M");
    SAYS_NOT(GOES_ON_GROWING);
    rates.live_bytes.more = 1000;
    SAYS_NOT("Live bytes");
}

Test(verdict, compare_is_for_what_calls_or_faults_cost_and_a_profiler_for_the_rest) {
    report.system_cpu_ns = 500000000;
    counters.page_faults_minor = 100000;
    counters.page_faults_major = 0;
    SAYS("100k page faults, 100k a second of CPU time.");
    SAYS("The kernel has 50.0 % of the CPU time");
    SAYS(COMPARE);
    counters.page_faults_minor = 10; /* the kernel is busy with something else */
    SAYS_NOT(COMPARE);
    report.system_cpu_ns = 10000000;
    SAYS_NOT("a profiler"); /* how much the calls take is not known */
    counters.time_allocation_ns = 20000000;
    counters.time_allocation_error_ns = 1000000;
    SAYS("Allocation calls take 2.0 % of the CPU time, within 0.1");
    SAYS("allocation calls and the kernel have 3.0 % of the CPU time together");
    counters.time_allocation_ns = 200000000;
    SAYS(COMPARE);
    SAYS_NOT("a profiler");
}

Test(figures, are_short) {
    const struct {
        uint64_t value;
        const char *bytes, *count;
    } cases[] = {{0, "0", "0"},           {999, "999", "999"},        {1000, "1000", "1.0k"},
                 {1024, "1.0K", "1.0k"},  {1535, "1.4K", "1.5k"},     {10239, "9.9K", "10k"},
                 {10240, "10K", "10k"},   {1048575, "1023K", "1.0M"}, {MSHIM_ABSENT - 1, "15E", "18E"},
                 {MSHIM_ABSENT, "-", "-"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert_str_eq(mshim_figure_bytes(cases[i].value).text, cases[i].bytes);
        cr_assert_str_eq(mshim_figure_count(cases[i].value).text, cases[i].count);
    }
    cr_assert_str_eq(mshim_figure_percent(1000).text, "100.0");
    cr_assert_str_eq(mshim_figure_percent(5).text, "0.5");
    cr_assert_str_eq(mshim_figure_percent(MSHIM_ABSENT).text, "-");
}

Test(rates, are_absent_where_a_counter_went_back_or_is_not_known) {
    static struct mshim_counters was;
    make();
    was = counters;
    struct mshim_report earlier = report;
    earlier.counters = &was;
    was.memory_allocated_bytes = 100;
    counters.memory_allocated_bytes = 50;
    was.memory_freed_bytes = 100;
    counters.memory_freed_bytes = 400;
    mshim_rates_between(&rates, &earlier, &report, 2000000000);
    cr_assert_eq(rates.allocated_bytes, MSHIM_ABSENT);
    cr_assert_eq(rates.freed_bytes, 150);
    cr_assert_eq(rates.page_faults, MSHIM_ABSENT);
    cr_assert_not(rates.rss_bytes.known);
    mshim_rates_between(&rates, &earlier, &report, 0);
    cr_assert_eq(rates.freed_bytes, MSHIM_ABSENT);
    cr_assert_eq(mshim_per_second(UINT64_MAX - 1, 1), MSHIM_ABSENT);
}
