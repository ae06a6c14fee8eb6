/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_FORK_H
#define MSHIM_LIBRARY_PROCESS_FORK_H

#include <stdbool.h>

/*
 * Registers the handlers that keep allocator and counters whole over fork, once: at the start, or before the
 * first handler of anybody else. Handlers run last registered first before fork, first registered first after
 * it: those of others find the allocator unlocked only where ours are the oldest.
 */
void mshim_fork_start(void);

/* In a forked child, whose stats still are memory shared with the parent: puts stats of its own in their
 * place, before anything is counted. `prepared`: mshim_counters_fork_before has been called. */
void mshim_fork_count_in_child(bool prepared);

#endif
