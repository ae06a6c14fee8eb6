/* SPDX-License-Identifier: MIT */
/* The four functions that a domain is given, in the shape of PyMemAllocatorEx; the context is a struct front.
 */
#ifndef MSHIM_PYTHON_OBJECTS_H
#define MSHIM_PYTHON_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

bool objects_start(void);

void *objects_malloc(void *context, size_t size);
void *objects_calloc(void *context, size_t count, size_t size);
void *objects_realloc(void *context, void *block, size_t size);
void objects_free(void *context, void *block);

/* The same with counters off. */
void *objects_untimed_malloc(void *context, size_t size);
void *objects_untimed_calloc(void *context, size_t count, size_t size);
void *objects_untimed_realloc(void *context, void *block, size_t size);
void objects_untimed_free(void *context, void *block);

#endif
