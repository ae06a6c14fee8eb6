/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_PROCESS_FACTS_H
#define MSHIM_COMMAND_INSPECT_PROCESS_FACTS_H

/* What the kernel says of a process that has a stats file. */

#include <mshim/stats.h>
#include <stdbool.h>
#include <sys/types.h>

/* Every value that could not be had is MSHIM_ABSENT. */
struct mshim_process_facts {
    uint64_t parent_pid;
    uint64_t user_cpu_ns, system_cpu_ns;
    uint64_t minor_faults, major_faults;
    uint64_t rss_bytes, peak_rss_bytes;
};

/* Is the process `pid` the one whose stats file it is? Ids are used again, so its start is compared. 0: the
 * id is that in the file, which counts only in the same namespace. */
bool mshim_process_owns_stats(const struct mshim_stats *stats, pid_t pid);

/* The namespace of the process id in the file where it is known and not this command's own, else
 * MSHIM_ABSENT. */
uint64_t mshim_process_other_namespace(const struct mshim_stats *stats);

/* Fills `*facts`, all absent where the process is not to be seen from here. */
void mshim_process_facts_read(const struct mshim_stats *stats, pid_t pid, struct mshim_process_facts *facts);

/* The id that a process has in its own, innermost namespace. */
uint64_t mshim_process_inner_pid(pid_t pid);

#endif
