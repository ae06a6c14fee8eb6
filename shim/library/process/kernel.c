/* SPDX-License-Identifier: MIT */
#include "library/process/kernel.h"

#include "shared/base/read_file.h"
#include "shared/base/decimal.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

void mshim_kernel_fill_faults(struct mshim_counters *counters) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    counters->page_faults_minor = (uint64_t)usage.ru_minflt;
    counters->page_faults_major = (uint64_t)usage.ru_majflt;
}

/* The number of KiB behind a key of /proc/self/status. */
static uint64_t status_bytes(const char *status, const char *key) {
    const char *at = strstr(status, key);
    if (!at)
        return MSHIM_ABSENT;
    at += strlen(key);
    return mshim_decimal_read(at + strspn(at, " \t")) * 1024;
}

void mshim_kernel_fill(struct mshim_counters *counters) {
    static char status[4096];
    mshim_kernel_fill_faults(counters);
    if (!mshim_read_file("/proc/self/status", status, sizeof status))
        return;
    counters->memory_rss_bytes = status_bytes(status, "VmRSS:");
    counters->memory_peak_rss_bytes = status_bytes(status, "VmHWM:");
}

uint64_t mshim_system_cpu_ns(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return MSHIM_ABSENT;
    return (uint64_t)usage.ru_stime.tv_sec * 1000000000u + (uint64_t)usage.ru_stime.tv_usec * 1000u;
}

uint64_t mshim_cpu_ns(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
