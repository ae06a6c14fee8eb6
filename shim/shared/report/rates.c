/* SPDX-License-Identifier: MIT */
#include "shared/report/rates.h"

#include "shared/base/clock.h"

uint64_t mshim_calls_of(const struct mshim_report *report) {
    const struct mshim_counters *const counters = report->counters;
    uint64_t calls = 0;
    if (!report->counting)
        return MSHIM_ABSENT;
    for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++)
        calls += counters->functions[i].calls;
    if (counters->python_object.allocations != MSHIM_ABSENT)
        calls += counters->python_object.allocations + counters->python_object.frees +
                 counters->python_mem.allocations + counters->python_mem.frees;
    return calls;
}

uint64_t mshim_page_faults_of(const struct mshim_report *report) {
    const uint64_t minor = report->counters->page_faults_minor, major = report->counters->page_faults_major;
    return minor == MSHIM_ABSENT || major == MSHIM_ABSENT ? MSHIM_ABSENT : minor + major;
}

uint64_t mshim_thousandths(uint64_t part, uint64_t whole) {
    if (part == MSHIM_ABSENT || whole == MSHIM_ABSENT || whole == 0)
        return MSHIM_ABSENT;
    const unsigned __int128 thousandths = (unsigned __int128)part * 1000 / whole;
    return thousandths < MSHIM_ABSENT ? (uint64_t)thousandths : MSHIM_ABSENT;
}

uint64_t mshim_allocation_share_of(const struct mshim_report *report) {
    if (!mshim_report_has_share(report))
        return MSHIM_ABSENT;
    const uint64_t share = mshim_thousandths(report->counters->time_allocation_ns, report->cpu_ns);
    return share < 1000 ? share : 1000; /* it is an estimate, which may exceed the whole */
}

bool mshim_allocation_share_is_firm(const struct mshim_report *report) {
    enum { MAX_ERROR = 150 /* thousandths */ };
    return mshim_report_has_share(report) &&
           mshim_thousandths(report->counters->time_allocation_error_ns, report->cpu_ns) <= MAX_ERROR;
}

uint64_t mshim_per_second(uint64_t count, uint64_t ns) {
    if (count == MSHIM_ABSENT || ns == MSHIM_ABSENT || ns == 0)
        return MSHIM_ABSENT;
    const unsigned __int128 rate = (unsigned __int128)count * MSHIM_NS_PER_SECOND / ns;
    return rate < MSHIM_ABSENT ? (uint64_t)rate : MSHIM_ABSENT;
}

/* A counter that has decreased is not that of the same process: there is no rate. */
static uint64_t rate(uint64_t earlier, uint64_t later, uint64_t ns) {
    if (earlier == MSHIM_ABSENT || later == MSHIM_ABSENT || later < earlier)
        return MSHIM_ABSENT;
    return mshim_per_second(later - earlier, ns);
}

/* The kernel counts CPU time in ticks of some milliseconds: the share of a few of them means nothing. */
enum { MIN_CPU_NS = 250 * MSHIM_NS_PER_MILLISECOND };

static uint64_t share(const struct mshim_report *earlier, const struct mshim_report *later) {
    const uint64_t before_ns = earlier->counters->time_allocation_ns;
    const uint64_t after_ns = later->counters->time_allocation_ns;
    if (!mshim_report_has_share(earlier) || !mshim_report_has_share(later) || after_ns < before_ns ||
        later->cpu_ns < earlier->cpu_ns || later->cpu_ns - earlier->cpu_ns < MIN_CPU_NS)
        return MSHIM_ABSENT;
    const uint64_t thousandths = mshim_thousandths(after_ns - before_ns, later->cpu_ns - earlier->cpu_ns);
    return thousandths <= 1000 ? thousandths : MSHIM_ABSENT;
}

static struct mshim_change change(uint64_t earlier, uint64_t later) {
    if (earlier == MSHIM_ABSENT || later == MSHIM_ABSENT)
        return (struct mshim_change){false, 0};
    return (struct mshim_change){true, (int64_t)(later - earlier)};
}

void mshim_rates_between(struct mshim_rates *out, const struct mshim_report *earlier,
                         const struct mshim_report *later, uint64_t interval_ns) {
    const struct mshim_counters *const before = earlier->counters, *const after = later->counters;
    *out = (struct mshim_rates){
        .interval_ns = interval_ns,
        .calls = rate(mshim_calls_of(earlier), mshim_calls_of(later), interval_ns),
        .allocated_bytes = rate(before->memory_allocated_bytes, after->memory_allocated_bytes, interval_ns),
        .freed_bytes = rate(before->memory_freed_bytes, after->memory_freed_bytes, interval_ns),
        .page_faults = rate(mshim_page_faults_of(earlier), mshim_page_faults_of(later), interval_ns),
        .allocation_share = share(earlier, later),
        .live_bytes = change(before->memory_live_bytes, after->memory_live_bytes),
        .peak_live_bytes = change(before->memory_peak_live_bytes, after->memory_peak_live_bytes),
        .live_blocks = change(before->memory_live_blocks, after->memory_live_blocks),
        .rss_bytes = change(before->memory_rss_bytes, after->memory_rss_bytes),
    };
}
