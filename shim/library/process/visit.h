/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_VISIT_H
#define MSHIM_LIBRARY_PROCESS_VISIT_H

/*
 * What the process does now and then inside one of its calls: tells in its page what the kernel and the
 * allocator know of it, so that something stands there after it was killed; and gives memory back, where
 * somebody has asked for it through the page.
 */

#include <stddef.h>

/* For mshim_counters_housekeeping. */
void mshim_visit(void);

/* CPython's domains have given back what was asked of them. */
void mshim_visit_python_trimmed(size_t bytes);

/* At once, at the end. */
void mshim_visit_tell(void);

#endif
