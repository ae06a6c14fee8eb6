/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_CHILDREN_H
#define MSHIM_LIBRARY_PROCESS_CHILDREN_H

/* MSHIM_CHILDREN=drop: takes this library out of LD_PRELOAD in `environ`, in its place, and leaves what else
 * is there; the variable goes if nothing is. Allocates by mmap. */
void mshim_children_drop(void);

#endif
