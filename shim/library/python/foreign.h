/* SPDX-License-Identifier: MIT */
/* Blocks and slabs that change hands between the heaps of interpreters. */
#ifndef MSHIM_LIBRARY_PYTHON_FOREIGN_H
#define MSHIM_LIBRARY_PYTHON_FOREIGN_H

#include "library/python/heaps.h"

extern struct heap foreign_orphans; /* of slabs whose interpreter is gone, with blocks that are not; nothing
                                       allocates here */

/* A block of a heap that the caller does not own. From any thread. */
void foreign_push(struct heap *heap, void *block);

/* Frees what others pushed. By the heap's owner. */
void foreign_drain(struct heap *heap);

/* Hands every slab of `from` to `to`. By the owner of both, or the last that knows `from` where `to` are the
 * orphans. */
void foreign_move_slabs(struct heap *from, struct heap *to);

#endif
