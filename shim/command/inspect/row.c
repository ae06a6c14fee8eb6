/* SPDX-License-Identifier: MIT */
#include "command/inspect/row.h"

#include "shared/base/utf8.h"
#include "shared/report/figures.h"

#include <stdio.h>
#include <string.h>

static uint64_t pid(const struct mshim_report *report) {
    return report->pid;
}

static uint64_t live_bytes(const struct mshim_report *report) {
    return report->counters->memory_live_bytes;
}

static uint64_t retained_bytes(const struct mshim_report *report) {
    return report->counters->memory_retained_bytes;
}

static uint64_t rss_bytes(const struct mshim_report *report) {
    return report->counters->memory_rss_bytes;
}

static bool runs(const struct mshim_report *report) {
    return strcmp(report->state, "running") == 0;
}

static uint64_t faults(const struct mshim_report *report) {
    if (!runs(report))
        return MSHIM_ABSENT;
    return report->rates ? report->rates->page_faults
                         : mshim_per_second(mshim_page_faults_of(report), report->wall_ns);
}

static uint64_t calls(const struct mshim_report *report) {
    if (!runs(report))
        return MSHIM_ABSENT;
    return report->rates ? report->rates->calls : mshim_per_second(mshim_calls_of(report), report->wall_ns);
}

/* Of late; of the whole life of one that did next to nothing of late. */
static uint64_t share(const struct mshim_report *report) {
    const uint64_t of_late = report->rates ? report->rates->allocation_share : MSHIM_ABSENT;
    if (of_late == MSHIM_ABSENT && !mshim_allocation_share_is_firm(report))
        return MSHIM_ABSENT;
    return of_late != MSHIM_ABSENT ? of_late : mshim_allocation_share_of(report);
}

/* The largest size of the class that most calls ask for. */
static uint64_t size(const struct mshim_report *report) {
    const unsigned class = mshim_report_main_size_class(report);
    return class < MSHIM_SIZE_CLASSES ? report->counters->sizes[class].to_bytes : MSHIM_ABSENT;
}

enum kind { NUMBER, BYTES, COUNT, PERCENT, STATE, PROGRAM };

static const struct column {
    const char *title;
    int width;
    enum kind kind;
    uint64_t (*value)(const struct mshim_report *report); /* NULL for texts */
} columns[MSHIM_COLUMNS] = {
    [MSHIM_COLUMN_PID] = {"PID", 7, NUMBER, pid},
    [MSHIM_COLUMN_STATE] = {"STATE", -8, STATE, NULL},
    [MSHIM_COLUMN_SHARE] = {"ALLOC%", 6, PERCENT, share},
    [MSHIM_COLUMN_LIVE] = {"LIVE", 5, BYTES, live_bytes},
    [MSHIM_COLUMN_RETAINED] = {"RETAINED", 8, BYTES, retained_bytes},
    [MSHIM_COLUMN_RSS] = {"RSS", 5, BYTES, rss_bytes},
    [MSHIM_COLUMN_FAULTS] = {"FAULTS/s", 8, COUNT, faults},
    [MSHIM_COLUMN_CALLS] = {"CALLS/s", 7, COUNT, calls},
    [MSHIM_COLUMN_SIZE] = {"SIZE", 5, BYTES, size},
    [MSHIM_COLUMN_PROGRAM] = {"PROGRAM", 0, PROGRAM, NULL},
};

static const char *text_of(const struct mshim_report *report, enum kind kind) {
    return kind == STATE ? report->state : report->program;
}

static void format_cell(char cell[MSHIM_ROW_BYTES], const struct mshim_report *report,
                        const struct column *column) {
    if (!column->value) {
        snprintf(cell, MSHIM_ROW_BYTES, "%s", text_of(report, column->kind));
        return;
    }
    const uint64_t value = column->value(report);
    if (value == MSHIM_ABSENT)
        strcpy(cell, "-");
    else if (column->kind ==
             NUMBER) /* with a star in another namespace: it is not the process of that id here */
        snprintf(cell, MSHIM_ROW_BYTES, "%llu%s", (unsigned long long)value,
                 report->pid_namespace != MSHIM_ABSENT ? "*" : "");
    else
        strcpy(cell, column->kind == BYTES     ? mshim_figure_bytes(value).text
                     : column->kind == PERCENT ? mshim_figure_percent(value).text
                                               : mshim_figure_count(value).text);
}

struct line {
    char *text;
    unsigned used; /* bytes */
    unsigned columns_used, columns;
};

/* Characters that take no column are not expected: names of programs are short and plain. */
static void append(struct line *line, const char *cell, int width) {
    char padded[MSHIM_ROW_BYTES];
    snprintf(padded, sizeof padded, "%s%*s", line->columns_used > 0 ? " " : "", width, cell);
    mshim_make_visible(padded);
    for (const char *at = padded; *at && line->columns_used < line->columns; line->columns_used++) {
        const unsigned length = mshim_utf8_length(at);
        if (line->used + length >= MSHIM_ROW_BYTES)
            break;
        memcpy(line->text + line->used, at, length);
        line->used += length;
        at += length;
    }
    line->text[line->used] = 0;
}

static struct line begin(char *text, unsigned width) {
    return (struct line){.text = text, .columns = width < MSHIM_ROW_BYTES ? width : MSHIM_ROW_BYTES - 1};
}

void mshim_row_title(char text[MSHIM_ROW_BYTES], enum mshim_column sorted, unsigned width) {
    struct line line = begin(text, width);
    for (unsigned i = 0; i < MSHIM_COLUMNS; i++) {
        const unsigned begin_of_cell = line.used;
        append(&line, columns[i].title, columns[i].width);
        char *const title = strstr(text + begin_of_cell, columns[i].title);
        if (i == sorted && title && title > text)
            title[-1] = '>';
    }
}

void mshim_row_write(char text[MSHIM_ROW_BYTES], const struct mshim_report *report, unsigned width) {
    struct line line = begin(text, width);
    for (unsigned i = 0; i < MSHIM_COLUMNS; i++) {
        char cell[MSHIM_ROW_BYTES];
        format_cell(cell, report, &columns[i]);
        append(&line, cell, columns[i].width);
    }
}

int mshim_row_compare(const struct mshim_report *a, const struct mshim_report *b, enum mshim_column column) {
    const struct column *const by = &columns[column];
    if (!by->value)
        return strcmp(text_of(a, by->kind), text_of(b, by->kind));
    const uint64_t left = by->value(a), right = by->value(b);
    if (left == right)
        return 0;
    if (by->kind == NUMBER)
        return left < right ? -1 : 1;
    if (left == MSHIM_ABSENT || right == MSHIM_ABSENT)
        return left == MSHIM_ABSENT ? 1 : -1;
    return left > right ? -1 : 1;
}
