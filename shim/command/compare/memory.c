/* SPDX-License-Identifier: MIT */
#include "command/compare/memory.h"
#include "shared/base/read_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static double kib_behind(const char *text, const char *label) {
    const char *const line = strstr(text, label);
    return line ? strtod(line + strlen(label), NULL) : NAN;
}

static bool add_process(struct mshim_memory *memory, pid_t pid) {
    char path[64], text[2048];
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
    if (!mshim_read_file(path, text, sizeof text))
        return false;
    const double rss_bytes = kib_behind(text, "\nRss:") * 1024, pss_bytes = kib_behind(text, "\nPss:") * 1024;
    if (isnan(rss_bytes) || isnan(pss_bytes))
        return false;
    memory->pss_bytes += pss_bytes;
    if (rss_bytes > memory->largest_rss_bytes)
        memory->largest_rss_bytes = rss_bytes;
    return true;
}

bool mshim_memory_read(struct mshim_memory *memory, const struct mshim_tree *tree) {
    bool any = false;
    *memory = (struct mshim_memory){0, 0};
    for (size_t i = 0; i < tree->count; i++)
        any |= add_process(memory, tree->pids[i]);
    return any;
}
