/* SPDX-License-Identifier: MIT */
/* header FILE: what the head of a stats file says, as "name value" lines. */
#include "../../programs/check.h"

#include <fcntl.h>
#include <mshim/stats.h>

int main(int argc, char **argv) {
    static struct mshim_stats stats;
    CHECK(argc == 2);
    const int fd = open(argv[1], O_RDONLY);
    CHECK(fd >= 0 && read(fd, &stats, sizeof stats) == (ssize_t)sizeof stats &&
          stats.magic == MSHIM_STATS_MAGIC);
#define SAY(field) printf(#field " %llu\n", (unsigned long long)stats.field)
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
