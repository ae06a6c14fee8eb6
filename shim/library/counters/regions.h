/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_COUNTERS_REGIONS_H
#define MSHIM_LIBRARY_COUNTERS_REGIONS_H

/* The mappings of the allocators, remembered in order to ask the kernel how much of them is resident.
 * Thread-safe, allocates nothing. */

#include <stddef.h>
#include <stdint.h>

void mshim_regions_add(const void *address, size_t bytes);
void mshim_regions_remove(const void *address, size_t bytes);

/* MSHIM_ABSENT where there are more mappings than can be remembered, where the kernel gives no answer,
 * while another thread is asking, and in a signal handler that has interrupted a thread that changes them.
 * Takes about a millisecond per GiB. */
uint64_t mshim_regions_resident_bytes(void);

/* In a forked child: the holder of a lock may be a thread that does not exist there. */
void mshim_regions_fork_child(void);

#endif
