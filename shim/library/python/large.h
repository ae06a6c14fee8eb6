/* SPDX-License-Identifier: MIT */
/* Blocks that the selected allocator serves for a domain: the larger ones (large_), and all of them with
 * MSHIM_PYTHON=allocator (allocator_). */
#ifndef MSHIM_LIBRARY_PYTHON_LARGE_H
#define MSHIM_LIBRARY_PYTHON_LARGE_H

#include <stddef.h>

/* In the shape of PyMemAllocatorEx; the context is a struct front. */
void *large_malloc(void *context, size_t size);
void *large_calloc(void *context, size_t count, size_t size);
void *large_realloc(void *context, void *block, size_t size);
void large_free(void *context, void *block);

/* Its usable size; 0 for NULL, and with counters off. */
size_t large_bytes(void *block);

/* large_free where large_bytes has been asked for already. */
struct front;
void large_free_sized(struct front *front, void *block, size_t bytes);

void *allocator_malloc(void *context, size_t size);
void *allocator_calloc(void *context, size_t count, size_t size);
void *allocator_realloc(void *context, void *block, size_t size);
void allocator_free(void *context, void *block);

#endif
