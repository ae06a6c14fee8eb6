/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/inspect/process.h"
#include "command/inspect/stats_find.h"
#include "command/inspect/stats_folder.h"
#include "command/inspect/stats_report.h"
#include "command/stats_errors.h"
#include "shared/base/clock.h"
#include "shared/report/figures.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 10, LOOK_MILLISECONDS = 10 };

static int no(pid_t pid, const char *why) {
    mshim_message("process %ld: %s", (long)pid, why);
    return MSHIM_NO;
}

/* Written, not mapped: a file that is cut short by whoever owns it must not end this command. */
static bool write_at(int fd, const void *value, size_t bytes, size_t offset) {
    return pwrite(fd, value, bytes, (off_t)offset) == (ssize_t)bytes;
}

static size_t offset_of_record(uint32_t index) {
    const size_t bytes = sizeof(struct mshim_stats_record);
    return index < MSHIM_STATS_FIRST_RECORDS
               ? offsetof(struct mshim_stats, records) + index * bytes
               : sizeof(struct mshim_stats) + (index - MSHIM_STATS_FIRST_RECORDS) * bytes;
}

/* As mshim/stats.h has it: the request, then an empty band for each thread, so that its next call looks.
 */
static bool ask(int fd, const struct mshim_stats_copy *copy, uint64_t number) {
    static const int64_t empty_band[2] = {INT64_MAX, INT64_MIN};
    _Static_assert(offsetof(struct mshim_stats_record, net_low_bytes) == 0 &&
                       offsetof(struct mshim_stats_record, net_high_bytes) == sizeof(int64_t),
                   "the band is two values at the beginning of a record");
    bool written = write_at(fd, &number, sizeof number, offsetof(struct mshim_stats, purge_requested)) &&
                   write_at(fd, empty_band, sizeof empty_band, offsetof(struct mshim_stats, overflow));
    for (uint32_t i = 0; written && i < copy->view.records; i++)
        written = write_at(fd, empty_band, sizeof empty_band, offset_of_record(i));
    return written;
}

/* On a terminal, where somebody waits. */
static void show_waiting(unsigned seconds) {
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\rwaiting for its next call, %u of %d s ", seconds, PATIENCE_SECONDS);
}

static void clear_waiting(void) {
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

enum answer { DONE, NO_CALL, GONE, UNREADABLE };

static enum answer wait_for(int fd, struct mshim_stats_copy *copy, uint64_t number) {
    const struct timespec pause = mshim_ns_timespec(LOOK_MILLISECONDS * MSHIM_NS_PER_MILLISECOND);
    const uint64_t began_ns = mshim_now_ns();
    enum answer answer = NO_CALL;
    for (unsigned shown = 0;;) {
        if (mshim_stats_read(fd, copy) != MSHIM_STATS_READ) {
            answer = UNREADABLE;
            break;
        }
        if (copy->stats->purge_done >= number) {
            answer = DONE;
            break;
        }
        if (copy->life != MSHIM_LIFE_RUNNING) {
            answer = GONE;
            break;
        }
        const uint64_t seconds = (mshim_now_ns() - began_ns) / MSHIM_NS_PER_SECOND;
        if (seconds >= PATIENCE_SECONDS)
            break;
        if (seconds > shown)
            show_waiting(shown = (unsigned)seconds);
        nanosleep(&pause, NULL);
    }
    clear_waiting();
    return answer;
}

static void report(pid_t pid, const struct mshim_stats_copy *copy, uint64_t before_bytes) {
    static struct mshim_stats_report after;
    mshim_stats_report_make(&after, copy);
    const uint64_t after_bytes = after.counters.memory_rss_bytes;
    if (before_bytes == MSHIM_ABSENT || after_bytes == MSHIM_ABSENT)
        mshim_print(
            "process %ld has given back what it retained; its resident memory cannot be seen from here",
            (long)pid);
    else
        mshim_print("process %ld has given back %s: resident %s before, %s after", (long)pid,
                    mshim_figure_bytes(before_bytes > after_bytes ? before_bytes - after_bytes : 0).text,
                    mshim_figure_bytes(before_bytes).text, mshim_figure_bytes(after_bytes).text);
}

static int purge(pid_t pid, int fd, struct mshim_stats_copy *copy) {
    static struct mshim_stats_report before;
    char why[256];
    const enum mshim_stats_error error = mshim_stats_read(fd, copy);
    if (error != MSHIM_STATS_READ) {
        mshim_stats_explain(error, copy, why, sizeof why);
        return no(pid, why);
    }
    if (copy->life != MSHIM_LIFE_RUNNING)
        return no(pid, "it no longer runs");
    mshim_stats_report_make(&before, copy);
    const uint64_t number = copy->stats->purge_requested + 1;
    if (!ask(fd, copy, number)) {
        snprintf(why, sizeof why, "its stats file cannot be written to: %s", strerror(errno));
        return no(pid, why);
    }
    switch (wait_for(fd, copy, number)) {
    case DONE:
        report(pid, copy, before.counters.memory_rss_bytes);
        return MSHIM_DONE;
    case NO_CALL:
        snprintf(why, sizeof why,
                 "it has made no call within %d s; at its next one it will give back what it retains",
                 PATIENCE_SECONDS);
        return no(pid, why);
    case GONE:
        return no(pid, "it has ended");
    case UNREADABLE:
        return no(pid, "its stats file can no longer be read");
    }
    return MSHIM_NO;
}

int mshim_command_purge(int argc, char **argv) {
    struct mshim_stats_copy copy = {.stats = NULL};
    char why[4096];
    int status;
    pid_t pid;
    if (mshim_next_flag(argc, argv, "", &status) == '?')
        return status;
    if (optind + 1 != argc)
        return mshim_misuse(argv[0], "%s: one process id", argv[0]);
    if (!mshim_pid_parse(argv[optind], &pid))
        return mshim_misuse(argv[0], "%s: %s is no process id", argv[0], argv[optind]);
    if (!mshim_stats_root())
        return mshim_stats_failed();
    if (!mshim_stats_copy_make(&copy))
        return no(pid, strerror(errno));
    const int fd = mshim_stats_find(pid, O_RDWR, &copy, mshim_stats_complain, why, sizeof why);
    status = fd < 0 ? no(pid, why) : purge(pid, fd, &copy);
    if (fd >= 0)
        close(fd);
    mshim_stats_copy_free(&copy);
    return status;
}
