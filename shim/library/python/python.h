/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_PYTHON_PYTHON_H
#define MSHIM_LIBRARY_PYTHON_PYTHON_H

/*
 * CPython's object and mem domains: what the rest of the library calls.
 *
 * Blocks of up to 512 bytes are served from slabs in 32 size classes of 16 bytes; larger ones come from the
 * selected allocator. What was allocated and freed is counted in the stats file (mshim/stats.h), exact at any
 * time but for the call that is under way. The requested size of a small block is not known, only its class,
 * so all sizes are usable sizes.
 */

#include "library/python/domains.h"
#include "library/python/hook.h"

/* Once, from the constructor, before CPython has allocated anything. False: CPython is left alone, or is not
 * there; mshim_python_reason() says why. */
bool mshim_python_start(enum mshim_python_mode mode, const struct mshim_python_backend *backend);

/* MSHIM_PYTHON_OFF before the start, and where CPython is left alone or is not there; the reason says why. */
enum mshim_python_mode mshim_python_in_force(void);
enum mshim_python_reason mshim_python_reason(void);

/* Of slab headers. */
size_t mshim_python_own_bytes(void);

/* Writes what memory the slabs hold into stats that are new. */
void mshim_python_publish(void);

/* From the fork handlers. */
void mshim_python_fork_prepare(void);
void mshim_python_fork_parent(void);
void mshim_python_fork_child(void);

/* Gives all empty slabs back to the system and returns their bytes. Where the calling thread does not hold
 * the GIL (ctypes releases it), that is done by the next free, and 0 is returned. Not async-signal-safe. */
size_t mshim_python_trim(void);

/* Has the next free do it. Async-signal-safe. */
void mshim_python_request_trim(void);

/* How much memory empty slabs may hold; 16 MiB unless it is set. */
void mshim_python_set_retained_limit(size_t bytes);

#endif
