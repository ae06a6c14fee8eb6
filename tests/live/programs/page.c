/* SPDX-License-Identifier: MIT */
/* page FILE: what a page's header says, as "name value" lines. */
#include "../../programs/check.h"

#include <fcntl.h>
#include <mshim/stats.h>

int main(int argc, char **argv) {
    static struct mshim_stats page;
    CHECK(argc == 2);
    const int fd = open(argv[1], O_RDONLY);
    CHECK(fd >= 0 && read(fd, &page, sizeof page) == (ssize_t)sizeof page && page.magic == MSHIM_STATS_MAGIC);
#define SAY(field) printf(#field " %llu\n", (unsigned long long)page.field)
    SAY(id);
    SAY(parent_id);
    SAY(pid);
    SAY(parent_pid);
    SAY(user_id);
    SAY(start_ticks);
    SAY(state);
    SAY(records_in_use);
    SAY(size_bytes);
    SAY(inherited_live_bytes);
    SAY(inherited_live_blocks);
    SAY(user_cpu_ns);
    SAY(peak_rss_bytes);
}
