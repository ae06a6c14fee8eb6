/* SPDX-License-Identifier: MIT */
#include "library/process/kernel.h"

#include "shared/base/clock.h"
#include "shared/base/read_file.h"

#include <sys/resource.h>

void mshim_kernel_fill_faults(struct mshim_counters *counters) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    counters->page_faults_minor = (uint64_t)usage.ru_minflt;
    counters->page_faults_major = (uint64_t)usage.ru_majflt;
}

void mshim_kernel_fill(struct mshim_counters *counters) {
    static char status[4096];
    mshim_kernel_fill_faults(counters);
    if (!mshim_read_file("/proc/self/status", status, sizeof status))
        return;
    counters->memory_rss_bytes = mshim_proc_field(status, "VmRSS:");
    counters->memory_peak_rss_bytes = mshim_proc_field(status, "VmHWM:");
}

uint64_t mshim_system_cpu_ns(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return MSHIM_ABSENT;
    return mshim_timeval_ns(usage.ru_stime);
}

uint64_t mshim_cpu_ns(void) {
    return mshim_clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}
