/* SPDX-License-Identifier: MIT */
/* The four functions that a domain is given, in the shape of PyMemAllocatorEx; the context is a struct front.
 */
#ifndef MSHIM_LIBRARY_PYTHON_OBJECTS_H
#define MSHIM_LIBRARY_PYTHON_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

bool objects_start(void);

void *objects_malloc(void *context, size_t size);
void *objects_calloc(void *context, size_t count, size_t size);
void *objects_realloc(void *context, void *block, size_t size);
void objects_free(void *context, void *block);

/* The same for a window of timed calls (windows.h). */
void *objects_timed_malloc(void *context, size_t size);
void *objects_timed_calloc(void *context, size_t count, size_t size);
void *objects_timed_realloc(void *context, void *block, size_t size);
void objects_timed_free(void *context, void *block);

#endif
