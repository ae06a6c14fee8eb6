/* SPDX-License-Identifier: MIT */
#include "shared/report/verdict.h"

#include "shared/base/clock.h"
#include "shared/base/decimal.h"
#include "shared/report/figures.h"
#include "shared/report/rates.h"

#include <string.h>

/* Thresholds for a sentence. */
enum {
    MUCH_TIME = 100,     /* thousandths of the CPU time */
    LITTLE_TIME = 100,   /* the same */
    MUCH_CHANGE = 10,    /* thousandths of what there is */
    MUCH_RETAINED = 250, /* thousandths of the resident memory */
    MUCH_RETAINED_BYTES = 8 * 1024 * 1024,
    MANY_FAULTS = 2000, /* per second of CPU time */
    DOMINATING = 300,   /* thousandths of the calls */
};

static bool known(uint64_t value) {
    return value != MSHIM_ABSENT;
}

static bool at_least(uint64_t value, uint64_t least) {
    return known(value) && value >= least;
}

/* One sentence on a line of its own; the parts end with NULL. */
static void say(struct mshim_writer *writer, const char *const *parts) {
    mshim_write_text(writer, "- ");
    while (*parts)
        mshim_write_text(writer, *parts++);
    mshim_write_text(writer, "\n");
}
#define SAY(writer, ...) say(writer, (const char *const[]){__VA_ARGS__, NULL})

static void calls(struct mshim_writer *writer, const struct mshim_report *report) {
    const uint64_t count = mshim_calls_of(report);
    if (!known(count))
        SAY(writer, "Counters are off: what allocation does is not known.");
    else if (known(report->wall_ns))
        SAY(writer, mshim_figure_count(count).text, " calls of the allocator, ",
            mshim_figure_count(mshim_per_second(count, report->wall_ns)).text, " a second.");
}

static void times(struct mshim_writer *writer, const struct mshim_report *report) {
    if (mshim_report_has_share(report) && !mshim_allocation_share_is_firm(report))
        SAY(writer, "It has used too little CPU time to say what share allocation calls have.");
    else if (mshim_report_has_share(report))
        SAY(writer, "Allocation calls take ", mshim_figure_percent(mshim_allocation_share_of(report)).text,
            " % of the CPU time, within ",
            mshim_figure_percent(
                mshim_thousandths(report->counters->time_allocation_error_ns, report->cpu_ns))
                .text,
            "; page faults come when memory is first touched, mostly outside of them.");
    if (mshim_allocation_share_is_firm(report) && known(report->counters->time_memory_ns))
        SAY(writer, "Memory functions take ",
            mshim_figure_percent(mshim_thousandths(report->counters->time_memory_ns, report->cpu_ns)).text,
            " %, within ",
            mshim_figure_percent(mshim_thousandths(report->counters->time_memory_error_ns, report->cpu_ns))
                .text,
            ".");
}

static void faults(struct mshim_writer *writer, const struct mshim_report *report) {
    const uint64_t count = mshim_page_faults_of(report), major = report->counters->page_faults_major;
    const uint64_t system = mshim_thousandths(report->system_cpu_ns, report->cpu_ns);
    if (!known(count))
        return;
    const uint64_t rate = mshim_per_second(count, report->cpu_ns);
    SAY(writer, mshim_figure_count(count).text, " page faults", known(rate) ? ", " : "",
        known(rate) ? mshim_figure_count(rate).text : "", known(rate) ? " a second of CPU time" : "",
        major > 0 ? ", some of which waited for a disk." : ".");
    if (known(system))
        SAY(writer, "The kernel has ", mshim_figure_percent(system).text,
            " % of the CPU time, for page faults and for all system calls.");
}

static void sizes(struct mshim_writer *writer, const struct mshim_report *report) {
    const unsigned class = mshim_report_main_size_class(report);
    uint64_t calls = 0;
    char from[MSHIM_DECIMAL_BYTES], to[MSHIM_DECIMAL_BYTES];
    if (class == MSHIM_SIZE_CLASSES)
        return;
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        calls += report->counters->sizes[i].calls;
    const struct mshim_size_class *const main_class = &report->counters->sizes[class];
    const uint64_t part = mshim_thousandths(main_class->calls, calls);
    if (at_least(part, DOMINATING))
        SAY(writer, mshim_figure_percent(part).text, " % of the sizes asked for are ",
            mshim_decimal(main_class->from_bytes, from), " to ", mshim_decimal(main_class->to_bytes, to),
            " bytes.");
    else
        SAY(writer, "No size dominates: the most frequent, ", mshim_decimal(main_class->from_bytes, from),
            " to ", mshim_decimal(main_class->to_bytes, to), " bytes, has ", mshim_figure_percent(part).text,
            " % of the calls.");
}

static void memory(struct mshim_writer *writer, const struct mshim_report *report) {
    const struct mshim_counters *const counters = report->counters;
    const uint64_t live = counters->memory_live_bytes, rss = counters->memory_rss_bytes;
    const uint64_t retained = counters->memory_retained_bytes, peak = counters->memory_peak_live_bytes;
    if (known(live) && known(rss) && known(retained))
        SAY(writer, "Of ", mshim_figure_bytes(rss).text, " resident ", mshim_figure_bytes(live).text,
            " are live, ", mshim_figure_bytes(retained).text,
            " retained by the allocator; the rest is the program itself, its stacks and its libraries.");
    else if (known(live) && known(rss))
        SAY(writer, "Of ", mshim_figure_bytes(rss).text, " resident ", mshim_figure_bytes(live).text,
            " are live; the rest is what the allocator retains (this one does not say how much),",
            " the program itself, its stacks and its libraries.");
    if (known(live) && known(peak) && peak > 0 && !report->rates)
        SAY(writer, "Live bytes are at ", mshim_figure_percent(mshim_thousandths(live, peak)).text,
            " % of their highest, ", mshim_figure_bytes(peak).text, ".");
}

static uint64_t size_of(const struct mshim_change *change) {
    return change->more > 0 ? (uint64_t)change->more : -(uint64_t)change->more;
}

/* A small change says nothing: some memory comes and goes all the time. */
static bool is_significant(const struct mshim_change *change, uint64_t now) {
    return change->known && at_least(mshim_thousandths(size_of(change), now), MUCH_CHANGE);
}

static void one_change(struct mshim_writer *writer, const char *what, const struct mshim_change *change,
                       uint64_t now, uint64_t interval_ns, struct mshim_figure (*figure)(uint64_t)) {
    if (!is_significant(change, now))
        return;
    char digits[MSHIM_DECIMAL_BYTES];
    const bool grew = change->more > 0;
    const uint64_t size = size_of(change);
    SAY(writer, what, grew ? " grew by " : " shrank by ", figure(size).text, " within ",
        mshim_decimal((interval_ns + MSHIM_NS_PER_SECOND / 2) / MSHIM_NS_PER_SECOND, digits), " s, ",
        figure(mshim_per_second(size, interval_ns)).text, " a second.");
}

static void changes(struct mshim_writer *writer, const struct mshim_rates *rates,
                    const struct mshim_counters *now) {
    const uint64_t interval_ns = rates->interval_ns;
    one_change(writer, "Live bytes", &rates->live_bytes, now->memory_live_bytes, interval_ns,
               mshim_figure_bytes);
    one_change(writer, "Live blocks", &rates->live_blocks, now->memory_live_blocks, interval_ns,
               mshim_figure_count);
    one_change(writer, "Resident memory", &rates->rss_bytes, now->memory_rss_bytes, interval_ns,
               mshim_figure_bytes);
}

static bool runs(const struct mshim_report *report) {
    return strcmp(report->state, "running") == 0;
}

/* An upper bound where the allocator does not say: bytes that were live once, are no longer, and may still be
 * resident. */
static uint64_t retained_at_most(const struct mshim_counters *counters) {
    const uint64_t live = counters->memory_live_bytes, peak = counters->memory_peak_live_bytes;
    const uint64_t rss = counters->memory_rss_bytes;
    if (known(counters->memory_retained_bytes) || !known(rss) || !known(live) || !known(peak))
        return counters->memory_retained_bytes;
    const uint64_t freed = peak > live ? peak - live : 0, resident = rss > live ? rss - live : 0;
    return freed < resident ? freed : resident;
}

static bool retains_much(const struct mshim_counters *counters) {
    const uint64_t retained = retained_at_most(counters);
    return at_least(retained, MUCH_RETAINED_BYTES) &&
           at_least(mshim_thousandths(retained, counters->memory_rss_bytes), MUCH_RETAINED);
}

/* Do live bytes exceed their former peak, and not only their value at the earlier reading? */
static bool grows(const struct mshim_rates *rates, const struct mshim_counters *now) {
    return rates->live_bytes.more > 0 && rates->peak_live_bytes.more > 0 &&
           is_significant(&rates->live_bytes, now->memory_live_bytes) &&
           is_significant(&rates->peak_live_bytes, now->memory_live_bytes);
}

static void next(struct mshim_writer *writer, const struct mshim_report *report) {
    const struct mshim_counters *const counters = report->counters;
    const uint64_t system = mshim_thousandths(report->system_cpu_ns, report->cpu_ns);
    const uint64_t share =
        mshim_allocation_share_is_firm(report) ? mshim_allocation_share_of(report) : MSHIM_ABSENT;
    const uint64_t fault_rate = mshim_per_second(mshim_page_faults_of(report), report->cpu_ns);
    char pid[MSHIM_DECIMAL_BYTES];
    if (runs(report) && retains_much(counters))
        SAY(writer, "Next: `mshim purge ", mshim_decimal(report->pid, pid),
            "` gives back what the allocator retains, and says how much.");
    if (report->rates && grows(report->rates, counters))
        SAY(writer, "Next: if live bytes go on growing, the program keeps them, whatever the allocator",
            known(counters->python_object.allocations) ? ": Python's tracemalloc shows which lines do."
                                                       : ".");
    if (at_least(share, MUCH_TIME) || (at_least(system, MUCH_TIME) && at_least(fault_rate, MANY_FAULTS)))
        SAY(writer, "Next: whether another allocator does better with this work, `mshim compare` shows.");
    else if (known(share) && known(system) && share + system < LITTLE_TIME)
        SAY(writer, "Next: allocation calls and the kernel have ", mshim_figure_percent(share + system).text,
            " % of the CPU time together; where the rest goes, a profiler shows.");
}

void mshim_report_verdict(struct mshim_writer *writer, const struct mshim_report *report) {
    mshim_write_text(writer, "\nIn words:\n");
    calls(writer, report);
    times(writer, report);
    faults(writer, report);
    sizes(writer, report);
    memory(writer, report);
    if (report->rates)
        changes(writer, report->rates, report->counters);
    next(writer, report);
}
