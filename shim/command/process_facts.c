/* SPDX-License-Identifier: MIT */
#include "command/process_facts.h"

#include "command/proc_stat.h"
#include "counters/kernel_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Empty where it cannot be read. */
static void read_status(uint64_t pid, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%llu/status", (unsigned long long)pid);
    if (!mshim_kernel_read(path, text, size))
        text[0] = 0;
}

static uint64_t own_pid_namespace(void) {
    static uint64_t own;
    struct stat file;
    if (own == 0 && stat("/proc/self/ns/pid", &file) == 0)
        own = file.st_ino;
    return own;
}

uint64_t mshim_process_other_namespace(const struct mshim_page *page) {
    const uint64_t own = own_pid_namespace(), its = page->pid_namespace;
    return own == 0 || its == 0 || own == its ? MSHIM_ABSENT : its;
}

static uint64_t pid_in_own_namespace(const struct mshim_page *page) {
    return mshim_process_other_namespace(page) == MSHIM_ABSENT ? page->pid : 0;
}

static bool is_of_page(const struct mshim_page *page, uint64_t pid, struct mshim_proc_stat *stat) {
    return pid != 0 && pid <= INT32_MAX && page->start_ticks != 0 && mshim_proc_stat_read(stat, (pid_t)pid) &&
           !stat->has_ended && stat->started_ticks == page->start_ticks;
}

bool mshim_process_is_of_page(const struct mshim_page *page, pid_t pid) {
    struct mshim_proc_stat stat;
    return is_of_page(page, pid ? (uint64_t)pid : pid_in_own_namespace(page), &stat);
}

static uint64_t peak_rss_bytes(uint64_t pid) {
    char text[4096];
    read_status(pid, text, sizeof text);
    const char *const line = strstr(text, "\nVmHWM:");
    return line ? strtoull(line + strlen("\nVmHWM:"), NULL, 10) * 1024 : MSHIM_ABSENT;
}

void mshim_process_facts_read(const struct mshim_page *page, pid_t pid, struct mshim_process_facts *facts) {
    const uint64_t here = pid ? (uint64_t)pid : pid_in_own_namespace(page);
    struct mshim_proc_stat stat;
    memset(facts, 0xff, sizeof *facts); /* MSHIM_ABSENT */
    if (!is_of_page(page, here, &stat))
        return;
    const uint64_t tick_ns = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
    facts->parent_pid = (uint64_t)stat.parent;
    facts->user_cpu_ns = stat.user_ticks * tick_ns;
    facts->system_cpu_ns = stat.system_ticks * tick_ns;
    facts->minor_faults = stat.minor_faults;
    facts->major_faults = stat.major_faults;
    facts->rss_bytes = stat.resident_pages * (uint64_t)sysconf(_SC_PAGESIZE);
    facts->peak_rss_bytes = peak_rss_bytes(here);
}

uint64_t mshim_process_inner_pid(pid_t pid) {
    char text[4096];
    read_status((uint64_t)pid, text, sizeof text);
    const char *const line = strstr(text, "\nNSpid:");
    if (!line)
        return (uint64_t)pid;
    const char *last = line + strlen("\nNSpid:");
    for (const char *at = last; *at && *at != '\n'; at++)
        if (*at == '\t')
            last = at + 1;
    return strtoull(last, NULL, 10);
}
