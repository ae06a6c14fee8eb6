/* SPDX-License-Identifier: MIT */
#include "command/inspect/process_facts.h"

#include "command/inspect/proc_stat.h"
#include "shared/base/absent.h"
#include "shared/base/clock.h"
#include "shared/base/read_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t own_pid_namespace(void) {
    static uint64_t own;
    struct stat file;
    if (own == 0 && stat("/proc/self/ns/pid", &file) == 0)
        own = file.st_ino;
    return own;
}

uint64_t mshim_process_other_namespace(const struct mshim_stats *stats) {
    const uint64_t own = own_pid_namespace(), its = stats->pid_namespace;
    return own == 0 || its == 0 || own == its ? MSHIM_ABSENT : its;
}

static uint64_t pid_in_own_namespace(const struct mshim_stats *stats) {
    return mshim_process_other_namespace(stats) == MSHIM_ABSENT ? stats->pid : 0;
}

static bool is_process_of(const struct mshim_stats *stats, uint64_t pid, struct mshim_proc_stat *stat) {
    return pid != 0 && pid <= INT32_MAX && stats->start_ticks != 0 &&
           mshim_proc_stat_read(stat, (pid_t)pid) && !stat->has_ended &&
           stat->started_ticks == stats->start_ticks;
}

bool mshim_process_owns_stats(const struct mshim_stats *stats, pid_t pid) {
    struct mshim_proc_stat stat;
    return is_process_of(stats, pid ? (uint64_t)pid : pid_in_own_namespace(stats), &stat);
}

static uint64_t peak_rss_bytes(pid_t pid) {
    char text[4096];
    (void)mshim_proc_text_read(pid, "status", text, sizeof text);
    return mshim_proc_field(text, "VmHWM:");
}

void mshim_process_facts_read(const struct mshim_stats *stats, pid_t pid, struct mshim_process_facts *facts) {
    const uint64_t here = pid ? (uint64_t)pid : pid_in_own_namespace(stats);
    struct mshim_proc_stat stat;
    mshim_set_all_absent(facts, sizeof *facts);
    if (!is_process_of(stats, here, &stat))
        return;
    const uint64_t tick_ns = MSHIM_NS_PER_SECOND / (uint64_t)sysconf(_SC_CLK_TCK);
    facts->parent_pid = (uint64_t)stat.parent;
    facts->user_cpu_ns = stat.user_ticks * tick_ns;
    facts->system_cpu_ns = stat.system_ticks * tick_ns;
    facts->minor_faults = stat.minor_faults;
    facts->major_faults = stat.major_faults;
    facts->rss_bytes = stat.resident_pages * (uint64_t)sysconf(_SC_PAGESIZE);
    facts->peak_rss_bytes = peak_rss_bytes((pid_t)here);
}

uint64_t mshim_process_inner_pid(pid_t pid) {
    char text[4096];
    (void)mshim_proc_text_read(pid, "status", text, sizeof text);
    const char *const line = strstr(text, "\nNSpid:");
    if (!line)
        return (uint64_t)pid;
    const char *last = line + strlen("\nNSpid:");
    for (const char *at = last; *at && *at != '\n'; at++)
        if (*at == '\t')
            last = at + 1;
    return strtoull(last, NULL, 10);
}
