/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIVE_LEFTOVERS_H
#define MSHIM_LIVE_LEFTOVERS_H

/* What dead processes left. */

enum { MSHIM_LEFTOVERS_MAX = 128 };

/* Removes those beyond MSHIM_LEFTOVERS_MAX, the oldest first. One reading of the folder where there are few
 * files; allocates nothing. By one thread at a time. */
void mshim_leftovers_bound(int folder);

#endif
