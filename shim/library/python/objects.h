/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_OBJECTS_H
#define MSHIM_LIBRARY_PYTHON_OBJECTS_H

/* The small-object allocator: the functions of a domain in the shape of PyMemAllocatorEx, whose context is a
 * struct mshim_python_front. As CPython's own, they are called with the GIL held. */

#include <stdbool.h>
#include <stddef.h>

/* False: no address range was free. */
bool mshim_python_objects_start(void);

void *mshim_python_objects_malloc(void *context, size_t size);
void *mshim_python_objects_calloc(void *context, size_t count, size_t size);
void *mshim_python_objects_realloc(void *context, void *block, size_t size);
void mshim_python_objects_free(void *context, void *block);

/* The same within a burst (bursts.h). */
void *mshim_python_objects_timed_malloc(void *context, size_t size);
void *mshim_python_objects_timed_calloc(void *context, size_t count, size_t size);
void *mshim_python_objects_timed_realloc(void *context, void *block, size_t size);
void mshim_python_objects_timed_free(void *context, void *block);

#endif
