/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_COUNTERS_REGIONS_H
#define MSHIM_LIBRARY_COUNTERS_REGIONS_H

/* What the allocators have mapped, remembered so that the kernel can be asked how much of it is resident. */

#include <stddef.h>
#include <stdint.h>

void mshim_regions_add(const void *address, size_t bytes);
void mshim_regions_remove(const void *address, size_t bytes);

/* MSHIM_ABSENT where there are more regions than can be remembered, where the kernel does not tell, and while
 * another thread asks. Takes about a millisecond a GiB; allocates nothing. */
uint64_t mshim_regions_resident_bytes(void);

/* In a forked child: who held the lock is not there. */
void mshim_regions_fork_child(void);

#endif
