/* SPDX-License-Identifier: MIT */
/*
 * When calls of the small-object allocator are looked at. In between nothing is asked on the hot paths:
 * CPython's table names the plain functions. A class's count of allocations, which is kept anyway, and slabs
 * that are freed now and then lead to a look whether it is time; then the functions that look take their
 * place for one window or watch (sampling/sampler.h), and give it back. Whoever has put functions of their own
 * in front meanwhile (tracemalloc, debug hooks) is left alone: nothing is exchanged then.
 *
 * All of it by a thread that holds the one GIL; with several GILs no window is opened.
 */
#ifndef MSHIM_LIBRARY_PYTHON_WINDOWS_H
#define MSHIM_LIBRARY_PYTHON_WINDOWS_H

#include "library/python/heaps.h"

/* Allocations of one class between two looks, or so many allocations of large blocks; a slab that had been
 * full or became empty counts as some of these. */
enum { WINDOWS_LOOK_EVERY = 1 << 9, WINDOWS_FREED_SLAB = 16 };

/* Puts the timed functions of the domain in the place of the plain ones, or back. False: somebody else's
 * stand there, and stay. */
typedef bool windows_exchange_function(unsigned domain, bool timed);

/* Before the domains are used. NULL: no windows, the domains' functions are timed as they are. */
void windows_start(windows_exchange_function *exchange);

/* Opens a window if it is time. Returns the block, so that an allocation can end with it and keeps no
 * register for afterwards. */
void *windows_look(struct front *front, void *block) __attribute__((returns_nonnull));

/* The same away from the hot paths. */
static inline void windows_look_aside(struct front *front, unsigned allocations) {
    front->calls_aside += allocations;
    if (front->calls_aside < WINDOWS_LOOK_EVERY)
        return;
    front->calls_aside = 0;
    windows_look(front, front);
}

/* After a timed call: closes the window if that was its last one. */
void windows_close_if_over(struct front *front);

#endif
