/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_RETAINED_H
#define MSHIM_LIBRARY_PROCESS_RETAINED_H

#include <stdbool.h>
#include <stdint.h>

/* Memory that is held beyond what the program's live blocks use. */

/* What the allocators hold resident and does not live: their own records, space between blocks, what is kept
 * for reuse. MSHIM_ABSENT where it cannot be said; `may_wait` false: also where an allocator would
 * have to wait for locks, which the thread that a signal handler has interrupted may hold. Fit for a small
 * stack. */
uint64_t mshim_retained_bytes(bool may_wait);

/* What the shim itself holds: counters, slab headers of CPython's domains. */
uint64_t mshim_own_memory_bytes(void);

void mshim_retained_fork_child(void);

#endif
