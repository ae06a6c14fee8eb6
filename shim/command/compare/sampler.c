/* SPDX-License-Identifier: MIT */
#include "command/compare/sampler.h"
#include "command/compare/pss.h"
#include "shared/base/clock.h"

#include <math.h>
#include <string.h>

/* A look costs the command time where there are few CPUs, and keeps it from mapping memory meanwhile:
 * so a run is looked at about as often however long it is, and looking takes a small part of the time. */
enum {
    INTERVAL_MIN_NS = 2000000,
    INTERVAL_MAX_NS = 250000000,
    LOOKS_A_RUN = 100,   /* in a run that is twice as long as so far */
    TIMES_ITS_COST = 20, /* between looks */
    CLOSELY_NS = 200000,
};
static const uint64_t closely_until_ns = 2000000000; /* then it has been seen, or will be */

void mshim_sampler_start(struct mshim_sampler *sampler, const struct mshim_job *job,
                         struct mshim_job_outcome *outcome) {
    *sampler = (struct mshim_sampler){
        .job = job, .outcome = outcome, .cgroup = job->cgroup, .peak_bytes = NAN, .stride = 1};
    if (job->arm)
        mshim_proof_start(&outcome->proof, job->arm, job->reports != NULL);
}

static void keep_point(struct mshim_sampler *sampler, double seconds, double bytes) {
    struct mshim_job_outcome *const outcome = sampler->outcome;
    if (sampler->skipped++ % sampler->stride != 0)
        return;
    if (outcome->point_count == MSHIM_RUN_POINTS) {
        for (size_t i = 0; i < MSHIM_RUN_POINTS / 2; i++)
            outcome->points[i] = outcome->points[2 * i];
        outcome->point_count = MSHIM_RUN_POINTS / 2;
        sampler->stride *= 2;
    }
    outcome->points[outcome->point_count++] = (struct mshim_run_point){seconds, bytes};
}

static uint64_t next_after(const struct mshim_sampler *sampler, uint64_t elapsed_ns, uint64_t cost_ns) {
    if (sampler->job->closely && elapsed_ns < closely_until_ns)
        return CLOSELY_NS > cost_ns ? CLOSELY_NS : cost_ns;
    uint64_t wait_ns = elapsed_ns / LOOKS_A_RUN;
    if (wait_ns > INTERVAL_MAX_NS)
        wait_ns = INTERVAL_MAX_NS;
    if (wait_ns < TIMES_ITS_COST * cost_ns)
        wait_ns = TIMES_ITS_COST * cost_ns;
    return wait_ns > INTERVAL_MIN_NS ? wait_ns : INTERVAL_MIN_NS;
}

/* What the tree holds now. */
static double read_bytes(struct mshim_sampler *sampler) {
    struct mshim_pss pss;
    if (sampler->in_cgroup)
        return mshim_cgroup_current(&sampler->cgroup);
    if (!mshim_pss_read(&pss, &sampler->tree))
        return NAN;
    if (pss.largest_rss_bytes > sampler->largest_rss_bytes)
        sampler->largest_rss_bytes = pss.largest_rss_bytes;
    return pss.sum_bytes;
}

void mshim_sampler_look(struct mshim_sampler *sampler, uint64_t elapsed_ns) {
    if (mshim_now_ns() < sampler->next_ns)
        return;
    const uint64_t before_ns = mshim_clock_ns(CLOCK_THREAD_CPUTIME_ID);
    if (mshim_tree_read(&sampler->tree)) {
        for (size_t i = 0; i < sampler->tree.count; i++)
            mshim_proof_look(&sampler->outcome->proof, sampler->tree.pids[i]);
        const double bytes = read_bytes(sampler);
        if (!isnan(bytes)) {
            sampler->samples++;
            if (!(bytes <= sampler->peak_bytes))
                sampler->peak_bytes = bytes;
            keep_point(sampler, (double)elapsed_ns / 1e9, bytes);
        }
    }
    const uint64_t cost_ns = mshim_clock_ns(CLOCK_THREAD_CPUTIME_ID) - before_ns;
    sampler->next_ns = mshim_now_ns() + next_after(sampler, elapsed_ns, cost_ns);
}

double mshim_sampler_peak(struct mshim_sampler *sampler, double max_rss_bytes) {
    if (sampler->in_cgroup)
        return mshim_cgroup_peak(&sampler->cgroup);
    const double unseen_bytes = max_rss_bytes - sampler->largest_rss_bytes;
    return sampler->peak_bytes + (unseen_bytes > 0 ? unseen_bytes : 0);
}
