/* SPDX-License-Identifier: MIT */
#include "shared/base/read_file.h"
#include "shared/base/absent.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

static const char status[] = "Name:\tVmRSS: 3 kB\n"
                             "VmPeak:\t  202500 kB\n"
                             "VmRSSx:\t       1 kB\n"
                             "VmRSS:\t      12 kB\n"
                             "Threads:\t7\n"
                             "Seccomp:\t0\n"
                             "Groups:\t\n"
                             "CapInh:\tnone\n"
                             "Huge:\t3 kilo\n"
                             "Last:\t5";

Test(base_proc_field, is_found_by_its_key) {
    cr_assert_eq(mshim_proc_field(status, "VmPeak:"), 202500u * 1024);
    cr_assert_eq(mshim_proc_field(status, "Threads:"), 7);
    cr_assert_eq(mshim_proc_field(status, "Seccomp:"), 0);
    cr_assert_eq(mshim_proc_field(status, "Last:"), 5);
}

/* Not where it is part of another key, nor within a line. */
Test(base_proc_field, is_not_taken_from_another_line) {
    cr_assert_eq(mshim_proc_field(status, "VmRSS:"), 12u * 1024);
    cr_assert_eq(mshim_proc_field(status, "RSS:"), MSHIM_ABSENT);
    cr_assert_eq(mshim_proc_field(status, "Thread:"), MSHIM_ABSENT);
}

Test(base_proc_field, only_kB_is_a_unit) {
    cr_assert_eq(mshim_proc_field(status, "Huge:"), 3);
}

Test(base_proc_field, is_absent_without_a_line_or_a_number) {
    cr_assert_eq(mshim_proc_field(status, "Missing:"), MSHIM_ABSENT);
    cr_assert_eq(mshim_proc_field(status, "Groups:"), MSHIM_ABSENT);
    cr_assert_eq(mshim_proc_field(status, "CapInh:"), MSHIM_ABSENT);
    cr_assert_eq(mshim_proc_field("", "Threads:"), MSHIM_ABSENT);
    cr_assert_eq(mshim_proc_field("\n\n", "Threads:"), MSHIM_ABSENT);
    cr_assert_eq(mshim_proc_field("Thr", "Threads:"), MSHIM_ABSENT);
}

static const char *write_file(const char *content) {
    static char path[] = "/tmp/mshim-unit-XXXXXX";
    const int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
    close(fd);
    return path;
}

Test(base_read_file, reads_a_file_as_text) {
    char text[64];
    const char *const path = write_file("hello\n");
    cr_assert(mshim_read_file(path, text, sizeof text));
    cr_assert_str_eq(text, "hello\n");
    unlink(path);
}

Test(base_read_file, reads_no_more_than_fits) {
    char text[8];
    const char *const path = write_file("0123456789");
    memset(text, '#', sizeof text);
    cr_assert(mshim_read_file(path, text, 5));
    cr_assert_str_eq(text, "0123");
    cr_assert_eq(text[5], '#');
    unlink(path);
}

Test(base_read_file, what_cannot_be_read_is_empty) {
    char text[8] = "before";
    cr_assert_not(mshim_read_file("/nonexistent", text, sizeof text));
    cr_assert_str_eq(text, "");
    cr_assert_not(mshim_read_file("/tmp", text, sizeof text));
    const char *const path = write_file("");
    cr_assert_not(mshim_read_file(path, text, sizeof text));
    unlink(path);
}

Test(base_read_file, reads_proc_and_leaves_nothing_open) {
    char text[4096];
    const int next = dup(0);
    close(next);
    cr_assert(mshim_read_file("/proc/self/status", text, sizeof text));
    cr_assert_eq(mshim_proc_field(text, "Pid:"), (uint64_t)getpid());
    cr_assert_eq(mshim_proc_field(text, "VmRSS:") % 1024, 0);
    cr_assert_eq(dup(0), next);
}

Test(base_absent, sets_every_counter) {
    struct {
        uint64_t a, b[3];
    } counters = {0};
    mshim_set_all_absent(&counters, sizeof counters);
    cr_assert_eq(counters.a, MSHIM_ABSENT);
    cr_assert_eq(counters.b[2], MSHIM_ABSENT);
}
