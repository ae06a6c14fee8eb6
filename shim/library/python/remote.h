/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_REMOTE_H
#define MSHIM_LIBRARY_PYTHON_REMOTE_H

/* Remote frees, and slabs that pass from one interpreter's heap to another. */

#include "library/python/heaps.h"

/* Slabs whose interpreter is gone while some of their blocks live on. Nothing allocates from it. */
extern struct mshim_python_heap mshim_python_orphans;

/* Frees a block of a heap that is not the caller's. From any thread. */
void mshim_python_remote_push(struct mshim_python_heap *heap, void *block);

/* Frees what others have pushed. By the heap's owner. */
void mshim_python_remote_drain(struct mshim_python_heap *heap);

/* Gives all slabs of `from` to `to`. By whoever owns both; `from` may also be a heap that nobody uses any
 * more, and `to` the orphans. */
void mshim_python_move_slabs(struct mshim_python_heap *from, struct mshim_python_heap *to);

#endif
