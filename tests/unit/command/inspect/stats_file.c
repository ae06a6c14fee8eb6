/* SPDX-License-Identifier: MIT */
/* What the command makes of a stats file: right ones, damaged ones, and what is none. */
#include "stats_files.h"

#include <errno.h>
#include <sys/file.h>

static struct stats_test_file file;
static struct mshim_stats_copy copy;
static struct mshim_stats_report report;

static void make(void) {
    stats_fill(&file, 6);
    cr_assert(mshim_stats_copy_make(&copy));
}

static void drop(void) {
    mshim_stats_copy_free(&copy);
}

TestSuite(inspect_stats_file, .init = make, .fini = drop);

static enum mshim_stats_error read_bytes(size_t bytes) {
    const int fd = stats_write(&file, bytes);
    const enum mshim_stats_error error = mshim_stats_read(fd, &copy);
    close(fd);
    return error;
}

static void read_whole(void) {
    cr_assert_eq(read_bytes(sizeof file), MSHIM_STATS_READ);
    mshim_stats_report_make(&report, &copy);
}

Test(inspect_stats_file, has_the_records_of_all_threads_and_the_objects) {
    read_whole();
    cr_assert_eq(report.counters.functions[MSHIM_FUNCTION_malloc].calls, 6 * STATS_MALLOCS);
    cr_assert_eq(report.counters.memory_live_bytes,
                 6 * STATS_MALLOCS * STATS_BYTES_EACH + STATS_OBJECTS * 16);
    cr_assert_eq(report.counters.memory_live_blocks, 6 * STATS_MALLOCS + STATS_OBJECTS);
    cr_assert_eq(report.counters.python_object.allocations, STATS_OBJECTS);
    cr_assert_str_eq(report.report.allocator_version, "5.3.0");
    cr_assert_str_eq(report.report.version, "0.0.9");
}

Test(inspect_stats_file, leaves_absent_what_nobody_knows) {
    read_whole();
    cr_assert_eq(report.counters.memory_rss_bytes, MSHIM_ABSENT);
    cr_assert_eq(report.counters.page_faults_minor, MSHIM_ABSENT);
    cr_assert_eq(report.counters.memory_retained_bytes, MSHIM_ABSENT);
    cr_assert_eq(report.report.wall_ns, MSHIM_ABSENT);
    cr_assert_eq(report.report.cpu_ns, MSHIM_ABSENT);
}

Test(inspect_stats_file, shows_what_a_dead_process_published_last) {
    file.stats.started_ns = 1000;
    file.stats.updated_ns = 5000;
    file.stats.user_cpu_ns = 300;
    file.stats.system_cpu_ns = 100;
    file.stats.minor_faults = 17;
    file.stats.major_faults = 2;
    file.stats.peak_rss_bytes = 8192;
    read_whole();
    cr_assert_eq(report.report.wall_ns, 4000);
    cr_assert_eq(report.report.cpu_ns, 400);
    cr_assert_eq(report.counters.page_faults_minor, 17);
    cr_assert_eq(report.counters.page_faults_major, 2);
    cr_assert_eq(report.counters.memory_peak_rss_bytes, 8192);
}

Test(inspect_stats_file, options_are_those_of_the_file_and_not_of_this_command) {
    read_whole();
    cr_assert_eq(report.options.allocator, MSHIM_ALLOCATOR_jemalloc);
    cr_assert_str_eq(report.options.thread_stack, "512K");
    memset(file.stats.options, 0, sizeof file.stats.options);
    read_whole();
    cr_assert_null(report.options.thread_stack);
}

Test(inspect_stats_file, runs_while_its_process_holds_the_lock) {
    char path[] = "/tmp/mshim-stats-XXXXXX";
    const int process = mkstemp(path), reader = open(path, O_RDONLY);
    unlink(path);
    cr_assert_eq(pwrite(process, &file, sizeof file, 0), (ssize_t)sizeof file);
    cr_assert_eq(flock(process, LOCK_EX), 0);
    cr_assert_eq(mshim_stats_read(reader, &copy), MSHIM_STATS_READ);
    cr_assert_eq(copy.life, MSHIM_LIFE_RUNNING);
    close(process);
    cr_assert_eq(mshim_stats_read(reader, &copy), MSHIM_STATS_READ);
    cr_assert_eq(copy.life, MSHIM_LIFE_DIED);
    close(reader);
}

Test(inspect_stats_file, says_how_its_process_ended) {
    const struct {
        uint32_t state;
        enum mshim_life life;
    } cases[] = {
        {MSHIM_STATS_RUNNING, MSHIM_LIFE_DIED}, {MSHIM_STATS_ENDED, MSHIM_LIFE_ENDED}, {99, MSHIM_LIFE_DIED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        file.stats.state = cases[i].state;
        read_whole();
        cr_assert_eq(copy.life, cases[i].life);
    }
}

Test(inspect_stats_file, of_another_format_is_named_with_it) {
    char text[256], expected[256];
    file.stats.format = MSHIM_STATS_FORMAT + 6;
    snprintf(expected, sizeof expected,
             "it is a stats file of format %d, and this mshim (%s) reads format %d", MSHIM_STATS_FORMAT + 6,
             MSHIM_VERSION, MSHIM_STATS_FORMAT);
    cr_assert_eq(read_bytes(sizeof file), MSHIM_STATS_OTHER_FORMAT);
    mshim_stats_explain(MSHIM_STATS_OTHER_FORMAT, &copy, text, sizeof text);
    cr_assert_str_eq(text, expected);
    cr_assert_eq(read_bytes(offsetof(struct mshim_stats, size_bytes)), MSHIM_STATS_OTHER_FORMAT);
}

Test(inspect_stats_file, that_is_none_is_refused) {
    file.stats.magic++;
    cr_assert_eq(read_bytes(sizeof file), MSHIM_STATS_IS_NONE);
    cr_assert_eq(read_bytes(0), MSHIM_STATS_IS_NONE);
    file.stats.magic = 0;
    cr_assert_eq(read_bytes(sizeof file), MSHIM_STATS_IS_NONE);
}

Test(inspect_stats_file, that_contradicts_itself_is_refused) {
    cr_assert_eq(read_bytes(offsetof(struct mshim_stats, records) - 1), MSHIM_STATS_DAMAGED);
    file.stats.records_in_use = MSHIM_STATS_RECORDS + 1;
    cr_assert_eq(read_bytes(sizeof file), MSHIM_STATS_DAMAGED);
    stats_fill(&file, 1);
    file.stats.record_bytes--;
    cr_assert_eq(read_bytes(sizeof file), MSHIM_STATS_DAMAGED);
    stats_fill(&file, 1);
    file.stats.size_bytes++;
    cr_assert_eq(read_bytes(sizeof file), MSHIM_STATS_DAMAGED);
}

Test(inspect_stats_file, is_read_as_far_as_it_goes) {
    file.stats.records_in_use = MSHIM_STATS_RECORDS;
    read_whole();
    cr_assert_eq(report.counters.functions[MSHIM_FUNCTION_malloc].calls, 6 * STATS_MALLOCS);
    cr_assert_eq(read_bytes(offsetof(struct mshim_stats, records[2])), MSHIM_STATS_READ);
    mshim_stats_report_make(&report, &copy);
    cr_assert_eq(report.counters.functions[MSHIM_FUNCTION_malloc].calls, 2 * STATS_MALLOCS);
}

Test(inspect_stats_file, texts_end_and_names_are_printable) {
    memset(file.stats.program, 'p', sizeof file.stats.program);
    memset(file.stats.libc, '\033', sizeof file.stats.libc);
    memset(file.stats.allocator, 0xff, sizeof file.stats.allocator);
    memset(file.stats.options, 'o', sizeof file.stats.options);
    read_whole();
    cr_assert_eq(strlen(report.report.program), sizeof file.stats.program - 1);
    cr_assert_str_eq(report.report.libc, "???????????????");
    cr_assert_eq(strspn(report.report.allocator, "?"), sizeof file.stats.allocator - 1);
}

Test(inspect_stats_file, is_a_regular_file_and_no_link) {
    char folder[] = "/tmp/mshim-stats-XXXXXX";
    struct stat status;
    cr_assert_not_null(mkdtemp(folder));
    const int at = open(folder, O_RDONLY | O_DIRECTORY);
    cr_assert_eq(symlinkat("/etc/passwd", at, "link"), 0);
    cr_assert_eq(mkfifoat(at, "pipe", 0600), 0);
    cr_assert_eq(mkdirat(at, "folder", 0700), 0);
    const char *const names[] = {"link", "pipe", "folder", "nothing"};
    const int errors[] = {ELOOP, EINVAL, EINVAL, ENOENT};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert_eq(mshim_stats_open(at, names[i], O_RDONLY, &status), -1, "%s", names[i]);
        cr_assert_eq(errno, errors[i], "%s: %s", names[i], strerror(errno));
        unlinkat(at, names[i], strcmp(names[i], "folder") == 0 ? AT_REMOVEDIR : 0);
    }
    close(at);
    rmdir(folder);
}
