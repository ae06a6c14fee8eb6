/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/inspect/process.h"
#include "command/inspect/row.h"
#include "command/inspect/stats_find.h"
#include "command/inspect/stats_folder.h"
#include "command/inspect/stats_report.h"
#include "command/inspect/summary.h"
#include "command/screen/interval.h"
#include "command/stat_all.h"
#include "command/stats_errors.h"
#include "shared/report/text.h"
#include "shared/report/verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { TITLE_EVERY = 20, WIDTH = 80 };

static int no(const char *which, const char *why) {
    pid_t pid;
    mshim_message(mshim_pid_parse(which, &pid) ? "process %s: %s" : "%s: %s", which, why);
    return MSHIM_NO;
}

/* The descriptor, or -1: said why. */
static int open_which(const char *which, struct mshim_stats_copy *copy) {
    char why[4096];
    struct stat file;
    pid_t pid;
    if (mshim_pid_parse(which, &pid)) {
        const int fd = mshim_stats_find(pid, O_RDONLY, copy, mshim_stats_complain, why, sizeof why);
        if (fd < 0)
            no(which, why);
        return fd;
    }
    const int fd = mshim_stats_open(AT_FDCWD, which, O_RDONLY, &file);
    if (fd < 0)
        no(which, errno == EINVAL ? "it is no regular file" : strerror(errno));
    return fd;
}

static void write_row(struct mshim_writer *writer, const struct mshim_report *report, unsigned turn) {
    char line[MSHIM_ROW_BYTES];
    if (turn % TITLE_EVERY == 1) {
        mshim_row_title(line, MSHIM_COLUMNS, WIDTH);
        mshim_write_text(writer, turn == 1 ? "\n" : "");
        mshim_write_text(writer, line);
        mshim_write_text(writer, "\n");
    }
    mshim_row_write(line, report, WIDTH);
    mshim_write_text(writer, line);
    mshim_write_text(writer, "\n");
}

static void write_text(struct mshim_writer *writer, const struct mshim_stat_request *request,
                       const struct mshim_report *report, const struct mshim_stats *stats) {
    mshim_summary_write(writer, report, stats);
    if (request->verbose)
        mshim_report_tables(writer, report);
}

/* The first reading in full; of text later ones as rows. */
static bool write_reading(const struct mshim_stat_request *request, const struct mshim_report *report,
                          const struct mshim_stats *stats, unsigned turn) {
    struct mshim_writer writer = {.fd = STDOUT_FILENO};
    if (request->format != MSHIM_REPORT_TEXT)
        mshim_report_write(&writer, request->format, report);
    else if (turn == 0)
        write_text(&writer, request, report, stats);
    else
        write_row(&writer, report, turn);
    return mshim_writer_flush(&writer);
}

/* At the end of many readings: what became of it from the first on. */
static void write_verdict(struct mshim_stats_report *last, const struct mshim_stats_report *first) {
    struct mshim_writer writer = {.fd = STDOUT_FILENO};
    mshim_stats_report_compare(last, first);
    mshim_report_verdict(&writer, &last->report);
    mshim_writer_flush(&writer);
}

/* Reads until the process has ended or somebody has had enough. */
static int follow(const struct mshim_stat_request *request, int fd, struct mshim_stats_copy *copy) {
    static struct mshim_stats_report first, readings[2];
    for (unsigned turn = 0;; turn++) {
        struct mshim_stats_report *const now = &readings[turn % 2], *const earlier =
                                                                        &readings[(turn + 1) % 2];
        const enum mshim_stats_error error = mshim_stats_read(fd, copy);
        if (error != MSHIM_STATS_READ) {
            char why[256];
            mshim_stats_explain(error, copy, why, sizeof why);
            return no(request->which, why);
        }
        mshim_stats_report_make(now, copy);
        if (turn == 0)
            mshim_stats_report_make(&first, copy);
        if (turn > 0)
            mshim_stats_report_compare(now, earlier);
        if (!write_reading(request, &now->report, copy->stats, turn)) {
            mshim_message("cannot write the output: %s", strerror(errno));
            return MSHIM_NO;
        }
        if (request->interval_ns > 0 && now->life == MSHIM_LIFE_RUNNING &&
            mshim_interval_wait(first.read_ns, request->interval_ns))
            continue;
        if (turn > 0 && request->format == MSHIM_REPORT_TEXT)
            write_verdict(now, &first);
        return MSHIM_DONE;
    }
}

static int stat_one(const struct mshim_stat_request *request) {
    struct mshim_stats_copy copy = {.stats = NULL};
    int status = MSHIM_NO;
    pid_t pid;
    if (mshim_pid_parse(request->which, &pid) && !mshim_stats_root())
        return mshim_stats_failed();
    if (!mshim_stats_copy_make(&copy))
        return no(request->which, strerror(errno));
    const int fd = open_which(request->which, &copy);
    if (request->interval_ns > 0)
        mshim_interval_begin();
    if (fd >= 0) {
        status = follow(request, fd, &copy);
        close(fd);
    }
    mshim_stats_copy_free(&copy);
    return status;
}

int mshim_command_stat(int argc, char **argv) {
    struct mshim_stat_request request = {.format = MSHIM_REPORT_TEXT};
    int status;
    if (!mshim_stat_request_read(&request, argc, argv, &status))
        return status;
    return request.all ? mshim_stat_all(&request) : stat_one(&request);
}
