/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_DOMAINS_H
#define MSHIM_LIBRARY_PYTHON_DOMAINS_H

/* CPython's domains and who serves them. */

#include <stdbool.h>
#include <stddef.h>

enum {
    MSHIM_PYTHON_SMALL_CLASSES = 32, /* class c holds blocks of (c + 1) * 16 bytes */
    MSHIM_PYTHON_SMALL_STEP_BYTES = 16,
    MSHIM_PYTHON_SMALL_MAX_BYTES = 512,
};

enum mshim_python_domain { MSHIM_PYTHON_MEM, MSHIM_PYTHON_OBJECT, MSHIM_PYTHON_DOMAINS };

/* The selected allocator, without the shim's counters: what passes through the domains is counted there. All
 * five functions are needed. */
struct mshim_python_backend {
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *block, size_t size);
    void (*free)(void *block);
    size_t (*usable_size)(void *block);

    /* realloc returns the same block where the new size fits and is at least half of the old one. */
    bool stays_in_place;
    /* MSHIM_STATS. Off, it saves usable_size() for every large block; counting small ones costs nothing. */
    bool count;

    /* May be NULL. Called after a requested trim, with what it gave back, by a thread that holds the GIL and
     * is not within any other call of a domain. */
    void (*trimmed)(size_t bytes);
};

extern struct mshim_python_backend mshim_python_backend;

#endif
