/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_STATS_CELL_H
#define MSHIM_SHARED_STATS_CELL_H

/* Counters that one thread writes, by plain stores, and any thread or process may read at any time. */

#define MSHIM_READ(cell)      __atomic_load_n(&(cell), __ATOMIC_RELAXED)
#define MSHIM_WRITE(cell, to) __atomic_store_n(&(cell), (to), __ATOMIC_RELAXED)
#define MSHIM_ADD(cell, more) MSHIM_WRITE(cell, MSHIM_READ(cell) + (more))

/* To one that all threads write. */
#define MSHIM_ADD_SHARED(cell, more) (void)__atomic_fetch_add(&(cell), (more), __ATOMIC_RELAXED)

#endif
