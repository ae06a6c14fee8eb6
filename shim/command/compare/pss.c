/* SPDX-License-Identifier: MIT */
#include "command/compare/pss.h"
#include "shared/base/absent.h"
#include "shared/base/read_file.h"

#include <stdio.h>

static bool add_process(struct mshim_pss *pss, pid_t pid) {
    char path[64], text[2048];
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
    if (!mshim_read_file(path, text, sizeof text))
        return false;
    const uint64_t rss_bytes = mshim_proc_field(text, "Rss:"), pss_bytes = mshim_proc_field(text, "Pss:");
    if (rss_bytes == MSHIM_ABSENT || pss_bytes == MSHIM_ABSENT)
        return false;
    pss->sum_bytes += (double)pss_bytes;
    if ((double)rss_bytes > pss->largest_rss_bytes)
        pss->largest_rss_bytes = (double)rss_bytes;
    return true;
}

bool mshim_pss_read(struct mshim_pss *pss, const struct mshim_tree *tree) {
    bool any = false;
    *pss = (struct mshim_pss){0, 0};
    for (size_t i = 0; i < tree->count; i++)
        any |= add_process(pss, tree->pids[i]);
    return any;
}
