/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_PROCESS_FORK_H
#define MSHIM_PROCESS_FORK_H

/*
 * Registers the handlers that keep allocator and counters whole over fork, once: at the start, or before the
 * first handler of anybody else. Handlers run last registered first before fork, first registered first after
 * it: those of others find the allocator unlocked only where ours are the oldest.
 */
void mshim_fork_start(void);

#endif
