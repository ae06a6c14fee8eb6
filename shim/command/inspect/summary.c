/* SPDX-License-Identifier: MIT */
#include "command/inspect/summary.h"

#include "command/inspect/parts.h"
#include "shared/report/figures.h"
#include "shared/report/rates.h"
#include "shared/report/text.h"
#include "shared/report/verdict.h"

#include <stdio.h>

enum { BAR_COLUMNS = 40 };

/* "on: memory functions, counters; off: Python objects (PYTHONMALLOC is set)" */
static void write_parts(struct mshim_writer *writer, const struct mshim_stats *stats) {
    static const char *const states[] = {[MSHIM_PART_ON] = "on: ", [MSHIM_PART_OFF] = "off: "};
    struct mshim_marker marker;
    struct mshim_part parts[MSHIM_PARTS];
    bool any = false;
    mshim_marker_of_stats(&marker, stats);
    mshim_parts_make(parts, &marker);
    for (enum mshim_part_state state = MSHIM_PART_ON; state <= MSHIM_PART_OFF; state++) {
        bool first = true;
        for (size_t i = MSHIM_PART_OBJECTS; i < MSHIM_PARTS; i++) {
            if (parts[i].state != state)
                continue;
            mshim_write_text(writer, !first ? ", " : any ? "; " : "");
            mshim_write_text(writer, first ? states[state] : "");
            mshim_write_text(writer, parts[i].title);
            if (state == MSHIM_PART_OFF && *parts[i].text) {
                mshim_write_text(writer, " (");
                mshim_write_visible(writer, parts[i].text);
                mshim_write_text(writer, ")");
            }
            first = false;
            any = true;
        }
    }
    mshim_write_text(writer, any ? "\n" : "");
}

/* Ranges of sizes that are counted together; the last has no end. */
static const uint64_t range_ends[] = {16, 64, 256, 1024, 64 * 1024, 1 << 20, UINT64_MAX};
enum { RANGES = sizeof range_ends / sizeof *range_ends };

static void sum_ranges(uint64_t calls[RANGES], const struct mshim_counters *counters) {
    for (unsigned i = 0; i < RANGES; i++)
        calls[i] = 0;
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++) {
        unsigned range = 0;
        while (range < RANGES - 1 && counters->sizes[i].from_bytes > range_ends[range])
            range++;
        calls[range] += counters->sizes[i].calls;
    }
}

static void write_range(struct mshim_writer *writer, unsigned range, uint64_t calls, uint64_t all,
                        uint64_t most) {
    char line[160], bar[BAR_COLUMNS + 1];
    const uint64_t from = range == 0 ? 0 : range_ends[range - 1] + 1;
    unsigned length = (unsigned)((unsigned __int128)calls * BAR_COLUMNS / most);
    length += length == 0 && calls > 0;
    for (unsigned i = 0; i < length; i++)
        bar[i] = '#';
    bar[length] = 0;
    snprintf(line, sizeof line, "%6s to %-6s %6s %5s %%  %s\n", mshim_figure_bytes(from).text,
             range == RANGES - 1 ? "more" : mshim_figure_bytes(range_ends[range]).text,
             mshim_figure_count(calls).text, mshim_figure_percent(mshim_thousandths(calls, all)).text, bar);
    mshim_write_text(writer, line);
}

/* From the first range that was asked for to the last. */
static void write_sizes(struct mshim_writer *writer, const struct mshim_counters *counters) {
    uint64_t calls[RANGES], all = 0, most = 0;
    unsigned first = RANGES, last = 0;
    sum_ranges(calls, counters);
    for (unsigned i = 0; i < RANGES; i++) {
        all += calls[i];
        most = calls[i] > most ? calls[i] : most;
        if (calls[i] > 0) {
            first = first == RANGES ? i : first;
            last = i;
        }
    }
    if (all == 0)
        return;
    mshim_write_text(writer, "\nSizes asked for   calls            (-v: every counter)\n");
    for (unsigned i = first; i <= last; i++)
        write_range(writer, i, calls[i], all, most);
}

void mshim_summary_write(struct mshim_writer *writer, const struct mshim_report *report,
                         const struct mshim_stats *stats) {
    mshim_report_title(writer, report);
    write_parts(writer, stats);
    mshim_report_verdict(writer, report);
    if (report->counting)
        write_sizes(writer, report->counters);
}
