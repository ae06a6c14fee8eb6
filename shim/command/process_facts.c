/* SPDX-License-Identifier: MIT */
#include "command/process_facts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fields of /proc/PID/stat, as proc(5) numbers them; the name, which may hold anything, is the second. */
enum {
    PARENT = 4,
    MINOR_FAULTS = 10,
    MAJOR_FAULTS = 12,
    USER_TICKS = 14,
    SYSTEM_TICKS = 15,
    START = 22,
    RSS = 24
};

struct fields {
    uint64_t values[RSS + 1];
};

static size_t read_file(uint64_t pid, const char *name, char *text, size_t size) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%llu/%s", (unsigned long long)pid, name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;
    if (fd >= 0) {
        got = read(fd, text, size - 1);
        close(fd);
    }
    text[got > 0 ? got : 0] = 0;
    return got > 0 ? (size_t)got : 0;
}

static bool read_fields(uint64_t pid, struct fields *fields) {
    char text[1024];
    read_file(pid, "stat", text, sizeof text);
    char *at = strrchr(text, ')');
    if (!at)
        return false;
    at += 2;                      /* the state, field 3, is a letter */
    if (*at == 'Z' || *at == 'X') /* ended, and its parent has not yet asked */
        return false;
    for (unsigned field = 4; field <= RSS; field++) {
        at = strchr(at, ' ');
        if (!at)
            return false;
        fields->values[field] = strtoull(++at, NULL, 10);
    }
    return true;
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

static bool is_of_page(const struct mshim_page *page, uint64_t pid, struct fields *fields) {
    return pid != 0 && page->start_ticks != 0 && read_fields(pid, fields) &&
           fields->values[START] == page->start_ticks;
}

bool mshim_process_is_of_page(const struct mshim_page *page, pid_t pid) {
    struct fields fields;
    return is_of_page(page, pid ? (uint64_t)pid : pid_in_own_namespace(page), &fields);
}

static uint64_t peak_rss_bytes(uint64_t pid) {
    char text[4096];
    read_file(pid, "status", text, sizeof text);
    const char *const line = strstr(text, "\nVmHWM:");
    return line ? strtoull(line + strlen("\nVmHWM:"), NULL, 10) * 1024 : MSHIM_ABSENT;
}

void mshim_process_facts_read(const struct mshim_page *page, pid_t pid, struct mshim_process_facts *facts) {
    const uint64_t here = pid ? (uint64_t)pid : pid_in_own_namespace(page);
    struct fields fields;
    memset(facts, 0xff, sizeof *facts); /* MSHIM_ABSENT */
    if (!is_of_page(page, here, &fields))
        return;
    const uint64_t tick_ns = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
    facts->parent_pid = fields.values[PARENT];
    facts->user_cpu_ns = fields.values[USER_TICKS] * tick_ns;
    facts->system_cpu_ns = fields.values[SYSTEM_TICKS] * tick_ns;
    facts->minor_faults = fields.values[MINOR_FAULTS];
    facts->major_faults = fields.values[MAJOR_FAULTS];
    facts->rss_bytes = fields.values[RSS] * (uint64_t)sysconf(_SC_PAGESIZE);
    facts->peak_rss_bytes = peak_rss_bytes(here);
}

uint64_t mshim_process_inner_pid(pid_t pid) {
    char text[4096];
    read_file((uint64_t)pid, "status", text, sizeof text);
    const char *const line = strstr(text, "\nNSpid:");
    if (!line)
        return (uint64_t)pid;
    const char *last = line + strlen("\nNSpid:");
    for (const char *at = last; *at && *at != '\n'; at++)
        if (*at == '\t')
            last = at + 1;
    return strtoull(last, NULL, 10);
}
