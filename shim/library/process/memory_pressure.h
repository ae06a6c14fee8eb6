/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_MEMORY_PRESSURE_H
#define MSHIM_LIBRARY_PROCESS_MEMORY_PRESSURE_H

/*
 * Bounds what is retained where the cgroup limits memory: what would soon be given back could be missing now.
 * CPython's empty slabs may hold a part of the limit, and before a large block is mapped in a process that holds
 * half of it, the allocator gives back what it retains. Called once, by the constructor, before anybody takes the
 * allocator's entry points from mshim_process. Costs nothing where there is no limit.
 */
void mshim_memory_pressure_start(void);

#endif
