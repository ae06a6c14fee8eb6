/* SPDX-License-Identifier: MIT */
#include "command/inspect/stats_report.h"

#include "command/inspect/process_facts.h"
#include "shared/base/absent.h"
#include "shared/base/clock.h"

#include <string.h>
#include <time.h>

/* The texts of the options as an environment. What has no value in the stats file has none here, whatever
 * this command's own default is. */
static void read_options(struct mshim_stats_report *out) {
    const char *environment[MSHIM_OPTIONS + 1] = {NULL};
    size_t count = 0;
    for (const char *at = out->option_texts; *at && count < MSHIM_OPTIONS; at += strlen(at) + 1)
        environment[count++] = at;
    mshim_options_parse(&out->options, environment, NULL, NULL);
    for (size_t i = 0; i < mshim_option_count; i++) {
        const struct mshim_option *const row = &mshim_option_rows[i];
        const size_t length = strlen(row->variable);
        bool there = row->values != NULL;
        for (size_t k = 0; k < count; k++)
            there |= strncmp(environment[k], row->variable, length) == 0 && environment[k][length] == '=';
        if (!there)
            *(const char **)(void *)((char *)&out->options + row->offset) = NULL;
    }
}

/* What the kernel says goes before what the process published last. */
static uint64_t first_known(uint64_t first, uint64_t second) {
    return first != MSHIM_ABSENT ? first : second;
}

static uint64_t sum_of(uint64_t a, uint64_t b) {
    return a == MSHIM_ABSENT || b == MSHIM_ABSENT ? MSHIM_ABSENT : a + b;
}

/* From the start to now, or to the last that is known of one that runs no more. */
static uint64_t wall_ns(const struct mshim_stats *stats, uint64_t until_ns) {
    return until_ns == MSHIM_ABSENT || until_ns < stats->started_ns ? MSHIM_ABSENT
                                                                    : until_ns - stats->started_ns;
}

static void fill_from_kernel(struct mshim_stats_report *out, const struct mshim_stats_copy *copy) {
    const struct mshim_stats *const stats = copy->stats;
    struct mshim_counters *const counters = &out->counters;
    struct mshim_process_facts facts;
    mshim_set_all_absent(&facts, sizeof facts);
    if (out->life == MSHIM_LIFE_RUNNING)
        mshim_process_facts_read(stats, copy->pid_here, &facts);
    counters->page_faults_minor = first_known(facts.minor_faults, stats->minor_faults);
    counters->page_faults_major = first_known(facts.major_faults, stats->major_faults);
    counters->memory_rss_bytes = facts.rss_bytes;
    counters->memory_retained_bytes = stats->retained_bytes;
    counters->memory_peak_rss_bytes = first_known(facts.peak_rss_bytes, stats->peak_rss_bytes);
    mshim_report_bound_retained(counters);
    out->report.parent_pid = first_known(facts.parent_pid, stats->parent_pid);
    out->report.system_cpu_ns = first_known(facts.system_cpu_ns, stats->system_cpu_ns);
    out->report.cpu_ns = first_known(sum_of(facts.user_cpu_ns, facts.system_cpu_ns),
                                     sum_of(stats->user_cpu_ns, stats->system_cpu_ns));
}

void mshim_stats_report_make(struct mshim_stats_report *out, const struct mshim_stats_copy *copy) {
    const struct mshim_stats *const stats = copy->stats;
    out->life = copy->life;
    out->id = stats->id;
    out->parent_id = stats->parent_id;
    out->user_id = stats->user_id;
    out->read_ns = mshim_now_ns();
    memcpy(out->option_texts, stats->options, sizeof out->option_texts);
    memcpy(out->program, stats->program, sizeof out->program);
    memcpy(out->libc, stats->libc, sizeof out->libc);
    memcpy(out->version, stats->shim_version, sizeof out->version);
    memcpy(out->allocator, stats->allocator, sizeof out->allocator);
    memcpy(out->allocator_version, stats->allocator_version, sizeof out->allocator_version);
    read_options(out);
    if (stats->counting)
        mshim_stats_sum(&copy->view, &out->counters);
    else
        mshim_set_all_absent(&out->counters, sizeof out->counters);
    out->report = (struct mshim_report){
        .pid = copy->pid_here ? (uint64_t)copy->pid_here : stats->pid,
        .pid_namespace = copy->pid_here ? MSHIM_ABSENT : mshim_process_other_namespace(stats),
        .forked_from_pid = stats->parent_id != 0 ? stats->parent_pid : MSHIM_ABSENT,
        .program = out->program,
        .libc = out->libc,
        .state = mshim_life_name(copy->life),
        .wall_ns = wall_ns(stats, copy->life == MSHIM_LIFE_RUNNING ? out->read_ns : stats->updated_ns),
        .version = out->version,
        .allocator = out->allocator,
        .allocator_version = out->allocator_version,
        .options = &out->options,
        .memory_bytes = stats->memory_bytes,
        .counting = stats->counting,
        .counters = &out->counters,
    };
    fill_from_kernel(out, copy);
}

void mshim_stats_report_compare(struct mshim_stats_report *now, const struct mshim_stats_report *earlier) {
    mshim_rates_between(&now->rates, &earlier->report, &now->report, now->read_ns - earlier->read_ns);
    now->report.rates = &now->rates;
}
