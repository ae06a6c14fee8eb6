/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_PROCESS_SNAPSHOT_H
#define MSHIM_PROCESS_SNAPSHOT_H

#include <mshim.h>

/* The counters of the process, those of CPython's domains included. No lock, no allocation; what the kernel
 * and the allocator know is left MSHIM_ABSENT. */
void mshim_snapshot_take(struct mshim_counters *out);

/* What CPython's domains hold; 0 where pymalloc serves them. */
uint64_t mshim_snapshot_python_live_bytes(void);

#endif
