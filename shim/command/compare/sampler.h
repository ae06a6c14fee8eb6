/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_COMPARE_SAMPLER_H
#define MSHIM_COMMAND_COMPARE_SAMPLER_H

/* Looks at the processes of a run now and then: at their memory, and whether the arm is live. */

#include "command/compare/cgroup.h"
#include "command/compare/job.h"
#include "command/compare/tree.h"

#include <stdint.h>

struct mshim_sampler {
    const struct mshim_job *job;
    struct mshim_job_outcome *outcome;
    struct mshim_cgroup cgroup;
    bool in_cgroup;
    struct mshim_tree tree;
    uint64_t next_ns;                     /* by the clock */
    double peak_bytes, largest_rss_bytes; /* as seen so far */
    unsigned samples;
    unsigned stride, skipped; /* one point in so many is kept */
};

void mshim_sampler_start(struct mshim_sampler *sampler, const struct mshim_job *job,
                         struct mshim_job_outcome *outcome);

/* Samples if it is time to; `elapsed_ns`: of the run. */
void mshim_sampler_look(struct mshim_sampler *sampler, uint64_t elapsed_ns);

/*
 * Bytes; NAN where nothing was seen. `max_rss_bytes` is the largest resident set that a process had, as the
 * kernel knows it: what it grew by between two looks, or after the last, is added to the sum that was seen.
 */
double mshim_sampler_peak(struct mshim_sampler *sampler, double max_rss_bytes);

#endif
