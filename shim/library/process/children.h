/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PROCESS_CHILDREN_H
#define MSHIM_LIBRARY_PROCESS_CHILDREN_H

/* MSHIM_CHILDREN=drop: removes this library from LD_PRELOAD in `environ` and keeps the other entries; removes
 * the variable where there is none. Allocates by mmap. */
void mshim_children_drop(void);

#endif
