/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/inspect/row.h"
#include "command/inspect/stats_folder.h"
#include "command/inspect/stats_list.h"
#include "command/screen/terminal.h"
#include "command/stats_errors.h"
#include "shared/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REFRESH_MILLISECONDS = 2000, ONCE_MILLISECONDS = 1000, HEAD_LINES = 3 };

/* What of the table is shown. */
struct view {
    enum mshim_column sorted;
    bool upwards, all;
    size_t first; /* the row at the top */
};

/* qsort has no context. */
static struct view view = {.sorted = MSHIM_COLUMN_CALLS};

static int compare(const void *a, const void *b) {
    const struct mshim_stats_item *const one = a, *const other = b;
    const struct mshim_report *const left = &one->reading->report, *const right = &other->reading->report;
    const int order = mshim_row_compare(left, right, view.sorted);
    if (order == 0)
        return mshim_row_compare(left, right, MSHIM_COLUMN_PID);
    return view.upwards ? -order : order;
}

static bool runs(const struct mshim_stats_item *item) {
    return item->reading->life == MSHIM_LIFE_RUNNING;
}

/* Puts those to be shown in front, in their order; how many there are. */
static size_t sort(struct mshim_stats_list *list) {
    size_t shown = 0;
    for (size_t i = 0; i < list->count; i++)
        if (view.all || runs(&list->items[i])) {
            const struct mshim_stats_item item = list->items[i];
            list->items[i] = list->items[shown];
            list->items[shown++] = item;
        }
    if (shown > 0)
        qsort(list->items, shown, sizeof *list->items, compare);
    return shown;
}

/* The dead, in one line. False: there is nothing to be said of them. */
static bool describe_dead(char line[MSHIM_ROW_BYTES], size_t dead, const char *how) {
    snprintf(line, MSHIM_ROW_BYTES, "%zu no longer running left %s stats file%s (%s)", dead,
             dead == 1 ? "its" : "their", dead == 1 ? "" : "s", how);
    return dead > 0;
}

/* A line over the table: how many there are, and when. */
static void summary(char line[MSHIM_ROW_BYTES], const struct mshim_stats_list *list, unsigned columns) {
    size_t running = 0;
    char clock[16], left_out[40] = "";
    const time_t now = time(NULL);
    for (size_t i = 0; i < list->count; i++)
        running += runs(&list->items[i]);
    strftime(clock, sizeof clock, "%H:%M:%S", localtime(&now));
    if (list->left_out > 0)
        snprintf(left_out, sizeof left_out, ", %zu files left out", list->left_out);
    const int length =
        snprintf(line, MSHIM_ROW_BYTES, "mshim top %s  %zu running, %zu no longer running%s, in %s", clock,
                 running, list->count - running, left_out, mshim_stats_root());
    if (length > (int)columns)
        line[columns < MSHIM_ROW_BYTES ? columns : MSHIM_ROW_BYTES - 1] = 0;
}

static void print_once(struct mshim_stats_list *list) {
    char line[MSHIM_ROW_BYTES];
    const size_t shown = sort(list);
    mshim_row_title(line, MSHIM_COLUMNS, sizeof line);
    mshim_print("%s", line);
    for (size_t i = 0; i < shown; i++) {
        mshim_row_write(line, &list->items[i].reading->report, sizeof line);
        mshim_print("%s", line);
    }
    if (describe_dead(line, list->count - shown, "--all shows them, mshim gc removes them"))
        mshim_print("%s", line);
}

static int once(struct mshim_stats_list *first, struct mshim_stats_list *second) {
    const struct timespec time = mshim_ns_timespec(ONCE_MILLISECONDS * (uint64_t)MSHIM_NS_PER_MILLISECOND);
    if (!mshim_stats_list_read(first, NULL, false, mshim_stats_complain))
        return mshim_stats_failed();
    nanosleep(&time, NULL);
    if (!mshim_stats_list_read(second, first, false, NULL))
        return mshim_stats_failed();
    print_once(second);
    return MSHIM_DONE;
}

/* What fits on the screen, and a last line with the keys. */
static void show(const struct mshim_stats_list *list, size_t shown) {
    const struct mshim_size size = mshim_terminal_size();
    const size_t lines = size.rows > HEAD_LINES ? size.rows - HEAD_LINES : 1;
    char line[MSHIM_ROW_BYTES], *frame = NULL;
    size_t bytes;
    FILE *const out = open_memstream(&frame, &bytes);
    if (!out)
        return;
    if (view.first + 1 > shown)
        view.first = shown > 0 ? shown - 1 : 0;
    summary(line, list, size.columns);
    fprintf(out, "%s\n", line);
    mshim_row_title(line, view.sorted, size.columns);
    fprintf(out, "%s\n", line);
    for (size_t i = 0; i < lines; i++) {
        if (view.first + i < shown)
            mshim_row_write(line, &list->items[view.first + i].reading->report, size.columns);
        else if (view.first + i == shown && describe_dead(line, list->count - shown, "a shows them"))
            line[size.columns < MSHIM_ROW_BYTES ? size.columns : MSHIM_ROW_BYTES - 1] = 0;
        else
            line[0] = 0;
        fprintf(out, "%s\n", line);
    }
    fprintf(out, "%.*s", (int)size.columns,
            "q ends, left and right sort, r turns round, up and down scroll, a: the dead too");
    if (fclose(out) == 0)
        mshim_terminal_show(frame);
    free(frame);
}

/* False: that is the end. */
static bool take_key(int key) {
    switch (key) {
    case 'q':
        return false;
    case 'a':
        view.all = !view.all;
        break;
    case 'r':
        view.upwards = !view.upwards;
        break;
    case MSHIM_KEY_LEFT:
        view.sorted = (view.sorted + MSHIM_COLUMNS - 1) % MSHIM_COLUMNS;
        break;
    case MSHIM_KEY_RIGHT:
        view.sorted = (view.sorted + 1) % MSHIM_COLUMNS;
        break;
    case MSHIM_KEY_UP:
        view.first -= view.first > 0;
        break;
    case MSHIM_KEY_DOWN:
        view.first++;
        break;
    }
    return true;
}

/* Shows one reading until it is time for the next. False: that is the end. */
static bool look_at(struct mshim_stats_list *list, uint64_t until_ns) {
    for (;;) {
        int key;
        show(list, sort(list));
        const uint64_t now_ns = mshim_now_ns();
        const unsigned left =
            now_ns < until_ns ? (unsigned)((until_ns - now_ns) / MSHIM_NS_PER_MILLISECOND) + 1 : 0;
        switch (mshim_terminal_wait(left, &key)) {
        case MSHIM_EVENT_TIME:
            return true;
        case MSHIM_EVENT_END:
            return false;
        case MSHIM_EVENT_KEY:
            if (!take_key(key))
                return false;
            break;
        case MSHIM_EVENT_REDRAW:
            break;
        }
    }
}

/* False, with errno: the stats files cannot be read. */
static bool again_and_again(struct mshim_stats_list lists[2]) {
    uint64_t next_ns = mshim_now_ns();
    for (unsigned turn = 0;; turn++) {
        struct mshim_stats_list *const now = &lists[turn % 2];
        if (!mshim_stats_list_read(now, turn > 0 ? &lists[(turn + 1) % 2] : NULL, false, NULL))
            return false;
        next_ns += REFRESH_MILLISECONDS * (uint64_t)MSHIM_NS_PER_MILLISECOND;
        if (!look_at(now, next_ns))
            return true;
    }
}

int mshim_command_top(int argc, char **argv) {
    struct mshim_stats_list lists[2] = {{.count = 0}, {.count = 0}};
    int status;
    for (int flag; (flag = mshim_next_flag(argc, argv, "", &status)) != -1;) {
        if (flag == '?')
            return status;
        view.all = true;
    }
    if (!mshim_no_arguments(argc, argv, &status))
        return status;
    if (mshim_terminal_begin()) {
        const bool well = again_and_again(lists);
        const int error = errno;
        mshim_terminal_end();
        errno = error;
        status = well ? MSHIM_DONE : mshim_stats_failed();
    } else {
        status = once(&lists[0], &lists[1]);
    }
    mshim_stats_list_free(&lists[0]);
    mshim_stats_list_free(&lists[1]);
    return status;
}
