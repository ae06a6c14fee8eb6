/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_LARGE_H
#define MSHIM_LIBRARY_PYTHON_LARGE_H

/* A domain's blocks that the selected allocator serves, in the shape of PyMemAllocatorEx: the context is a
 * struct mshim_python_front. They count; MSHIM_PYTHON=on uses them for large blocks. */

#include "library/python/heaps.h"

void *mshim_python_large_malloc(void *context, size_t size);
void *mshim_python_large_calloc(void *context, size_t count, size_t size);
void *mshim_python_large_realloc(void *context, void *block, size_t size);
void mshim_python_large_free(void *context, void *block);

/* The usable size; 0 for NULL, and with counters off. */
size_t mshim_python_large_bytes(void *block);

/* Frees a block whose mshim_python_large_bytes() are known. */
void mshim_python_large_free_sized(struct mshim_python_front *front, void *block, size_t bytes);

/* The same, timed now and then: MSHIM_PYTHON=allocator, for blocks of any size. */
void *mshim_python_allocator_malloc(void *context, size_t size);
void *mshim_python_allocator_calloc(void *context, size_t count, size_t size);
void *mshim_python_allocator_realloc(void *context, void *block, size_t size);
void mshim_python_allocator_free(void *context, void *block);

#endif
