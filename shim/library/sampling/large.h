/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_SAMPLING_LARGE_H
#define MSHIM_LIBRARY_SAMPLING_LARGE_H

/*
 * Calls of MSHIM_SAMPLING_LARGE_BYTES and more: few, and of lengths that differ by orders of magnitude. They
 * are sampled by size, not counted down: imagine the bytes of all of them on one line, with sample points at
 * random distances; a call is timed if a point falls into it. So its probability grows with its size, up to
 * certainty. The mean distance adapts itself to two thousand samples a second.
 *
 * CPU time is asked of the kernel, unless the process is sandboxed. All of them, timed or not, are watched
 * for a tick, which costs nothing to speak of in calls of this size.
 */

#include "library/sampling/stream.h"

void mshim_large_before(struct mshim_timed_call *call);
void mshim_large_after(const struct mshim_timed_call *call, unsigned row);

/* After a call that began when `tick` was the last one: enters the tick, if one has come meanwhile. */
void mshim_large_ticked(size_t bytes, uint64_t tick);

#endif
