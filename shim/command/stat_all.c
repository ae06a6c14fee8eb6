/* SPDX-License-Identifier: MIT */
/* `mshim stat --all`: every process that runs and whose stats file may be read. */
#include "command/stat_all.h"

#include "command/command.h"
#include "command/inspect/row.h"
#include "command/inspect/stats_list.h"
#include "command/screen/interval.h"
#include "command/stats_errors.h"
#include "shared/base/clock.h"
#include "shared/report/json.h"
#include "shared/report/prom.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = MSHIM_ROW_BYTES - 1 };

static void write_rows(struct mshim_writer *writer, const struct mshim_stats_list *list) {
    char line[MSHIM_ROW_BYTES];
    mshim_row_title(line, MSHIM_COLUMNS, WIDTH);
    mshim_write_text(writer, line);
    mshim_write_text(writer, "\n");
    for (size_t i = 0; i < list->count; i++) {
        mshim_row_write(line, &list->items[i].reading->report, WIDTH);
        mshim_write_text(writer, line);
        mshim_write_text(writer, "\n");
    }
}

static void write_json(struct mshim_writer *writer, const struct mshim_stats_list *list) {
    mshim_write_text(writer, "[");
    for (size_t i = 0; i < list->count; i++) {
        mshim_write_text(writer, i > 0 ? "," : "");
        mshim_report_json(writer, &list->items[i].reading->report);
    }
    mshim_write_text(writer, "]\n");
}

static bool write_prom(struct mshim_writer *writer, const struct mshim_stats_list *list) {
    struct mshim_report *const reports = malloc((list->count + 1) * sizeof *reports);
    if (!reports)
        return false;
    for (size_t i = 0; i < list->count; i++)
        reports[i] = list->items[i].reading->report;
    mshim_report_prom_all(writer, reports, list->count);
    free(reports);
    return true;
}

static bool write_list(enum mshim_report_format format, const struct mshim_stats_list *list) {
    struct mshim_writer writer = {.fd = STDOUT_FILENO};
    bool complete = true;
    if (format == MSHIM_REPORT_TEXT)
        write_rows(&writer, list);
    else if (format == MSHIM_REPORT_JSON)
        write_json(&writer, list);
    else
        complete = write_prom(&writer, list);
    if (mshim_writer_flush(&writer) && complete)
        return true;
    mshim_message("cannot write the output: %s", strerror(errno));
    return false;
}

int mshim_stat_all(const struct mshim_stat_request *request) {
    struct mshim_stats_list lists[2] = {{.count = 0}, {.count = 0}};
    const uint64_t began_ns = mshim_now_ns();
    int status = MSHIM_DONE;
    if (request->interval_ns > 0)
        mshim_interval_begin();
    for (unsigned turn = 0;; turn++) {
        struct mshim_stats_list *const now = &lists[turn % 2];
        if (!mshim_stats_list_read(now, turn > 0 ? &lists[(turn + 1) % 2] : NULL, true,
                                   turn > 0 ? NULL : mshim_stats_complain))
            status = mshim_stats_failed();
        else if (!write_list(request->format, now))
            status = MSHIM_NO;
        if (status != MSHIM_DONE || request->interval_ns == 0 ||
            !mshim_interval_wait(began_ns, request->interval_ns))
            break;
    }
    mshim_stats_list_free(&lists[0]);
    mshim_stats_list_free(&lists[1]);
    return status;
}
