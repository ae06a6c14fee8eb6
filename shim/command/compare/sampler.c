/* SPDX-License-Identifier: MIT */
#include "command/compare/sampler.h"
#include "shared/base/clock.h"
#include "command/compare/memory.h"

#include <math.h>
#include <string.h>

/* A look costs the command time where there are few processors, and keeps it from mapping memory meanwhile:
 * so a run is looked at about as often however long it is, and looking takes a small part of the time. */
enum {
    SHORTEST_NS = 2000000,
    LONGEST_NS = 250000000,
    LOOKS_A_RUN = 100,   /* in a run that is twice as long as so far */
    TIMES_ITS_COST = 20, /* between looks */
    CLOSELY_NS = 200000,
};
static const int64_t closely_until_ns = 2000000000; /* then it has been seen, or will be */

void mshim_sampler_start(struct mshim_sampler *sampler, const struct mshim_job *job,
                         struct mshim_outcome *outcome) {
    *sampler = (struct mshim_sampler){
        .job = job, .outcome = outcome, .cgroup = job->cgroup, .peak_bytes = NAN, .stride = 1};
    if (job->arm)
        mshim_proof_start(&outcome->proof, job->arm, job->counted);
}

static void keep_point(struct mshim_sampler *sampler, double seconds, double bytes) {
    struct mshim_outcome *const outcome = sampler->outcome;
    if (sampler->skipped++ % sampler->stride != 0)
        return;
    if (outcome->point_count == MSHIM_POINTS) {
        for (size_t i = 0; i < MSHIM_POINTS / 2; i++)
            outcome->points[i] = outcome->points[2 * i];
        outcome->point_count = MSHIM_POINTS / 2;
        sampler->stride *= 2;
    }
    outcome->points[outcome->point_count++] = (struct mshim_memory_point){seconds, bytes};
}

static int64_t next_after(const struct mshim_sampler *sampler, int64_t elapsed_ns, int64_t cost_ns) {
    if (sampler->job->closely && elapsed_ns < closely_until_ns)
        return CLOSELY_NS > cost_ns ? CLOSELY_NS : cost_ns;
    int64_t wait_ns = elapsed_ns / LOOKS_A_RUN;
    if (wait_ns > LONGEST_NS)
        wait_ns = LONGEST_NS;
    if (wait_ns < TIMES_ITS_COST * cost_ns)
        wait_ns = TIMES_ITS_COST * cost_ns;
    return wait_ns > SHORTEST_NS ? wait_ns : SHORTEST_NS;
}

/* What the tree holds now. */
static double read_bytes(struct mshim_sampler *sampler) {
    struct mshim_memory memory;
    if (sampler->in_cgroup)
        return mshim_cgroup_current(&sampler->cgroup);
    if (!mshim_memory_read(&memory, &sampler->tree))
        return NAN;
    if (memory.largest_rss_bytes > sampler->largest_rss_bytes)
        sampler->largest_rss_bytes = memory.largest_rss_bytes;
    return memory.pss_bytes;
}

void mshim_sampler_look(struct mshim_sampler *sampler, int64_t elapsed_ns) {
    if (mshim_now_ns() < sampler->next_ns)
        return;
    const int64_t before_ns = mshim_clock_ns(CLOCK_THREAD_CPUTIME_ID);
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
    const int64_t cost_ns = mshim_clock_ns(CLOCK_THREAD_CPUTIME_ID) - before_ns;
    sampler->next_ns = mshim_now_ns() + next_after(sampler, elapsed_ns, cost_ns);
}

double mshim_sampler_peak(struct mshim_sampler *sampler, double max_rss_bytes) {
    if (sampler->in_cgroup)
        return mshim_cgroup_peak(&sampler->cgroup);
    const double unseen_bytes = max_rss_bytes - sampler->largest_rss_bytes;
    return sampler->peak_bytes + (unseen_bytes > 0 ? unseen_bytes : 0);
}
