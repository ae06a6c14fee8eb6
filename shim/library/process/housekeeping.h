/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_HOUSEKEEPING_H
#define MSHIM_LIBRARY_PROCESS_HOUSEKEEPING_H

/*
 * What the process does now and then inside one of its calls, without a thread of its own: it publishes in
 * the stats file what the kernel and the allocator know of it, so that something stands there after it was
 * killed; and gives memory back, where somebody has asked for that through the stats file.
 */

#include <stddef.h>

/* For mshim_counters_housekeeping. */
void mshim_housekeeping(void);

/* CPython's domains have given back what was asked of them. */
void mshim_housekeeping_python_trimmed(size_t bytes);

/* Publishes at once what can be had quickly: at the end of the process. */
void mshim_housekeeping_publish(void);

#endif
