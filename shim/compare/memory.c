/* SPDX-License-Identifier: MIT */
#include "compare/memory.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *mshim_memory_source_name(enum mshim_memory_source source) {
    static const char *const names[] = {"cgroup", "pss", "max_rss"};
    return names[source];
}

const char *mshim_memory_source_title(enum mshim_memory_source source) {
    static const char *const titles[] = {
        "of the control group, page cache included", "proportional set sizes of all processes, sampled",
        "largest resident set of one process; the runs are too short to sample"};
    return titles[source];
}

static double pss_of(pid_t pid) {
    char path[64], text[2048];
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NAN;
    const ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    text[size > 0 ? size : 0] = 0;
    const char *const line = strstr(text, "\nPss:");
    return line ? strtod(line + 5, NULL) * 1024 : NAN;
}

double mshim_memory_pss(const struct mshim_tree *tree) {
    double sum = 0;
    bool any = false;
    for (size_t i = 0; i < tree->count; i++) {
        const double part = pss_of(tree->pids[i]);
        any |= !isnan(part);
        sum += isnan(part) ? 0 : part;
    }
    return any ? sum : NAN;
}
