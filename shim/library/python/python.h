/* SPDX-License-Identifier: MIT */
/*
 * CPython's object and mem domains: what the rest of the shim calls.
 *
 * start: mshim_python_start(mode, &large) from the shim's constructor, once; false when CPython was left
 * alone (or is not there), and mshim_python_status() says why. reading: what was allocated and freed stands
 * in the slab of this process (mshim/stats.h), at any time exact but for the call that is under way;
 * mshim_python_memory() at any time, from any thread. fork: mshim_python_fork_prepare / _parent / _child from
 * the shim's fork handlers. trim: mshim_python_trim() from malloc_trim and `mshim purge`.
 *
 * Blocks of up to 512 bytes are served here in 32 size classes of 16 bytes; larger ones go to the selected
 * allocator through the functions given at start, which must not count: what passes here is counted here.
 *
 * What is not known: requested sizes of small blocks. Only the class is known, so sizes are usable sizes.
 */
#ifndef MSHIM_LIBRARY_PYTHON_PYTHON_H
#define MSHIM_LIBRARY_PYTHON_PYTHON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MSHIM_PYTHON_SMALL_CLASSES = 32, /* class c holds blocks of (c + 1) * 16 bytes */
    MSHIM_PYTHON_SMALL_STEP_BYTES = 16,
    MSHIM_PYTHON_SMALL_MAX_BYTES = 512,
};

enum mshim_python_mode { MSHIM_PYTHON_ON, MSHIM_PYTHON_ALLOCATOR, MSHIM_PYTHON_OFF };
enum mshim_python_domain { MSHIM_PYTHON_MEM, MSHIM_PYTHON_OBJECT, MSHIM_PYTHON_DOMAINS };

/* The selected allocator, without the shim's counting. All five must be given. */
struct mshim_python_backend {
    void *(*malloc)(size_t size);
    void *(*calloc)(size_t count, size_t size);
    void *(*realloc)(void *block, size_t size);
    void (*free)(void *block);
    size_t (*usable_size)(void *block);

    /* Its realloc leaves a block alone that has enough room, and not more than twice as much. */
    bool stays_in_place;
    bool count; /* MSHIM_STATS: false saves usable_size() for every larger block; small ones cost nothing to
                   count */

    /* May be NULL. A trim that was requested is done and gave so much back; under the GIL, and nothing of the
     * domains is in the middle of anything. */
    void (*trimmed)(size_t bytes);
};

struct mshim_python_memory {
    size_t slab_bytes;      /* slabs with live blocks (or the one that a class allocates from) */
    size_t peak_slab_bytes; /* the most that was */
    size_t retained_bytes;  /* resident and not live: empty slabs kept, and the free room in slabs in use */
};

/* Slab headers. */
size_t mshim_python_own_bytes(void);

bool mshim_python_start(enum mshim_python_mode mode, const struct mshim_python_backend *large);

/* "python=on", "python=allocator", "python=off python_why=PYTHONMALLOC": static text, never NULL. */
const char *mshim_python_status(void);
/* What is in force: on, allocator or off (off, too, where there is no CPython). */
enum mshim_python_mode mshim_python_in_force(void);

/* No lock, async-signal-safe. */
void mshim_python_memory(struct mshim_python_memory *out);

void mshim_python_fork_prepare(void);
void mshim_python_fork_parent(void);
void mshim_python_fork_child(void);

/* Puts into a slab that is new what memory the domains hold. */
void mshim_python_publish(void);

/*
 * Give all empty slabs back to the system. Where the calling thread does not hold the GIL (ctypes lets it
 * go), it is done as soon as Python frees something here, and the answer is 0; else the bytes. Not from a
 * signal handler, which may have interrupted the allocator: that asks for it by mshim_python_request_trim().
 */
size_t mshim_python_trim(void);
void mshim_python_request_trim(void);

/* The most that empty slabs may hold (default 16 MiB; lowered under a cgroup's limit, process/memory_pressure.h). */
void mshim_python_set_retained_limit(size_t bytes);

#endif
