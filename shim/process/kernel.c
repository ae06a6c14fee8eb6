/* SPDX-License-Identifier: MIT */
#include "process/kernel.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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
    uint64_t kib = 0;
    for (at += strlen(key); *at == ' ' || *at == '\t'; at++)
        continue;
    for (; *at >= '0' && *at <= '9'; at++)
        kib = kib * 10 + (uint64_t)(*at - '0');
    return kib * 1024;
}

void mshim_kernel_fill(struct mshim_counters *counters) {
    static char status[4096];
    mshim_kernel_fill_faults(counters);
    if (!mshim_kernel_read("/proc/self/status", status, sizeof status))
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

bool mshim_kernel_read(const char *path, char *to, size_t room) {
    const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const long length = syscall(SYS_read, fd, to, room - 1);
    syscall(SYS_close, fd);
    to[length > 0 ? length : 0] = 0;
    return length > 0;
}
