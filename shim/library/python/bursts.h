/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_BURSTS_H
#define MSHIM_LIBRARY_PYTHON_BURSTS_H

/*
 * When calls of the small-object allocator are timed.
 *
 * Most of the time CPython's table of allocators names the plain functions, which ask nothing. Now and then
 * (a class's count of allocations, kept anyway, reaches a multiple; slabs become empty) a call looks whether
 * a burst or a watch (sampling/sampler.h) is due. Then the timed functions replace the plain ones until it is
 * over. Where somebody else's functions are in the table (tracemalloc, debug hooks) nothing is replaced.
 *
 * Only a thread that holds the GIL does any of this; with multiple GILs there are no bursts.
 */

#include "library/python/heaps.h"

/* Allocations of a class, or calls on the slow paths, between two looks. A slab that was full or became empty
 * counts as MSHIM_PYTHON_LOOK_SLAB of these calls. */
enum { MSHIM_PYTHON_LOOK_EVERY = 1 << 9, MSHIM_PYTHON_LOOK_SLAB = 16 };

/* Replaces the domain's plain functions by the timed ones, or these by the plain ones. False: the functions
 * in the table are neither, and stay. */
typedef bool mshim_python_exchange(unsigned domain, bool timed);

/* Before the domains are used. NULL: no bursts. */
void mshim_python_bursts_start(mshim_python_exchange *exchange);

/* Opens a burst if one is due. Returns `block`, so that an allocation can end by a tail call. */
void *mshim_python_bursts_look(struct mshim_python_front *front, void *block);

/* The same on the slow paths, every MSHIM_PYTHON_LOOK_EVERY `calls`. */
static inline void mshim_python_bursts_look_slow(struct mshim_python_front *front, unsigned calls) {
    front->slow_calls += calls;
    if (front->slow_calls < MSHIM_PYTHON_LOOK_EVERY)
        return;
    front->slow_calls = 0;
    (void)mshim_python_bursts_look(front, NULL);
}

/* After a timed call: ends the burst if that was its last one. */
void mshim_python_bursts_close_if_over(struct mshim_python_front *front);

#endif
