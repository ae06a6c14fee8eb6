/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_COUNTERS_RECORDS_H
#define MSHIM_LIBRARY_COUNTERS_RECORDS_H

/*
 * Each thread has a record of counters, which it alone writes, by plain stores: no lock, no atomic
 * read-modify-write. The records are in the stats file (mshim/stats.h); readers add them up at any time
 * (shared/stats/sum.h).
 *
 * What can be derived by the reader is not counted: the calls of malloc are those of all size classes less
 * those of the other functions that ask for a size; live bytes and blocks are differences.
 *
 * Peak of live bytes. A thread publishes its net bytes (allocated less freed) only when they leave a band of
 * 64 KiB around what it published last. So the sum over all threads, and its peak, are off by at most 64 KiB
 * per thread. A thread without a record points to one whose band is empty: the same comparison leads to the
 * slow path for both.
 */

#include "shared/base/attributes.h"
#include "shared/stats/cell.h"
#include "shared/stats/size_classes.h"

#include <mshim/stats.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { MSHIM_BAND_BYTES = 64 * 1024 };

extern __thread struct mshim_stats_record *mshim_record MSHIM_TLS_INITIAL_EXEC MSHIM_HIDDEN;

/* The stats of this process: in the library's own memory, until the stats file is mapped over it. Another
 * process of the user may write to the file, so nothing but counts may rely on what is read here. */
extern MSHIM_HIDDEN struct mshim_stats mshim_stats;

/* What the process does now and then, for want of a thread of its own; NULL: nothing. Called on the slow path
 * of counting, at most once a call, with no lock of the counters held. */
extern MSHIM_HIDDEN void (*mshim_counters_housekeeping)(void);

/* Is a purge to be done (mshim/stats.h)? */
static inline bool mshim_purge_is_requested(void) {
    return MSHIM_READ(mshim_stats.purge_requested) != MSHIM_READ(mshim_stats.purge_done);
}

/* The slow path: the record to count into, with a band that `net_bytes` more fit in. Never NULL. Without a
 * record of its own the thread gets the overflow record, which is locked until mshim_record_leave. */
struct mshim_stats_record *mshim_record_enter_slow(int64_t net_bytes);
void mshim_record_leave_slow(void);

/* Has this thread a record of its own? */
bool mshim_record_is_own(void);

/* False for whatever is not a record of the thread's own. */
static inline bool mshim_record_fits(const struct mshim_stats_record *record, int64_t net_bytes) {
    const int64_t net = (int64_t)(record->allocated_bytes - record->freed_bytes) + net_bytes;
    return likely(net >= record->net_low_bytes && net <= record->net_high_bytes);
}

static inline struct mshim_stats_record *mshim_record_enter(int64_t net_bytes) {
    struct mshim_stats_record *record = mshim_record;
    return mshim_record_fits(record, net_bytes) ? record : mshim_record_enter_slow(net_bytes);
}

static inline void mshim_record_leave(const struct mshim_stats_record *record) {
    if (unlikely(record == &mshim_stats.overflow))
        mshim_record_leave_slow();
}

static MSHIM_ALWAYS_INLINE void mshim_add_malloc(struct mshim_stats_record *record, size_t size_bytes,
                                                 size_t usable_bytes) {
    MSHIM_ADD(record->allocated_bytes, usable_bytes);
    MSHIM_ADD(record->sizes[mshim_size_class(size_bytes)], 1);
    MSHIM_ADD(record->requested_bytes[MSHIM_FUNCTION_malloc], size_bytes);
}

static MSHIM_ALWAYS_INLINE void mshim_add_free(struct mshim_stats_record *record, size_t usable_bytes) {
    MSHIM_ADD(record->freed_bytes, usable_bytes);
    MSHIM_ADD(record->calls[MSHIM_FUNCTION_free], 1);
}

void mshim_count_malloc_slow(size_t size_bytes, size_t usable_bytes);
void mshim_count_free_slow(size_t usable_bytes);

/* A successful malloc. */
static MSHIM_ALWAYS_INLINE void mshim_count_malloc(size_t size_bytes, size_t usable_bytes) {
    struct mshim_stats_record *record = mshim_record;
    const int64_t net_bytes = (int64_t)(record->allocated_bytes + usable_bytes - record->freed_bytes);
    if (unlikely(net_bytes > record->net_high_bytes))
        mshim_count_malloc_slow(size_bytes, usable_bytes);
    else
        mshim_add_malloc(record, size_bytes, usable_bytes);
}

/* A free of a block. */
static MSHIM_ALWAYS_INLINE void mshim_count_free(size_t usable_bytes) {
    struct mshim_stats_record *record = mshim_record;
    const int64_t net_bytes = (int64_t)(record->allocated_bytes - record->freed_bytes - usable_bytes);
    if (unlikely(net_bytes < record->net_low_bytes))
        mshim_count_free_slow(usable_bytes);
    else
        mshim_add_free(record, usable_bytes);
}

/* The less frequent calls. `size_bytes` is the requested size. */
void mshim_count_allocation(enum mshim_function function, size_t size_bytes, size_t usable_bytes);
void mshim_count_release(enum mshim_function function, size_t usable_bytes, bool null);
void mshim_count_failure(enum mshim_function function, size_t size_bytes);
void mshim_count_call(enum mshim_function function);

/* A realloc that succeeded. `old_block` NULL: an allocation; `new_block` NULL: a release (size 0 on glibc).
 */
struct mshim_realloc {
    enum mshim_function function;
    size_t size_bytes;
    const void *old_block, *new_block;
    size_t old_usable_bytes, new_usable_bytes;
    bool by_pages; /* where it moved, its pages did: nothing was copied */
};
void mshim_count_realloc(const struct mshim_realloc *call);

/*
 * CPython's domains (python/), which keep their other counts themselves: live bytes that were added, or
 * removed. Large blocks are exact; small ones are entered as whole slabs, when a slab is taken into use and
 * when it is given up. So a peak is never too low, and too high by at most the free space in slabs.
 */
static inline void mshim_add_python_live(struct mshim_stats_record *record, int64_t bytes) {
    record->python_net_bytes += bytes;
    record->net_low_bytes -= bytes;
    record->net_high_bytes -= bytes;
}

static inline void mshim_count_python_live(int64_t bytes) {
    struct mshim_stats_record *record = mshim_record_enter(bytes);
    mshim_add_python_live(record, bytes);
    mshim_record_leave(record);
}

/* The same for a large block; `size_bytes` is the requested size. */
static inline void mshim_count_python_block(size_t size_bytes, int64_t bytes) {
    struct mshim_stats_record *record = mshim_record_enter(bytes);
    MSHIM_ADD(record->sizes[mshim_size_class(size_bytes)], 1);
    MSHIM_ADD(record->python_calls, 1);
    mshim_add_python_live(record, bytes);
    mshim_record_leave(record);
}

/* By a new thread, and by one that ends. */
void mshim_count_thread_started(void);
void mshim_record_release(void);

/* Maps a file over mshim_stats. The file begins with a copy of it, followed by space for further records, of
 * which `ready_bytes` are backed by storage. On failure nothing has changed. */
bool mshim_records_map(int fd, size_t ready_bytes);

/* The size of that space, and how much of it is to be backed by storage from the beginning. */
size_t mshim_stats_more_bytes(void);
size_t mshim_records_reserve_bytes(void);

static inline size_t mshim_page_align(size_t bytes) {
    return (bytes + MSHIM_MAX_PAGE_BYTES - 1) & ~(size_t)(MSHIM_MAX_PAGE_BYTES - 1);
}

/*
 * Around fork. The child's mshim_stats is private memory again. Calls begin at 0, live bytes and blocks with
 * those of the parent. mshim_counters_fork_child returns false where there is no memory for that: the child
 * then goes on counting in its parent's file.
 *
 * _Fork may be called by a signal handler, which must not wait for a lock. If mshim_counters_fork_before
 * returns false it has not prepared the fork: mshim_counters_fork_parent must not be called then, and the
 * child inherits what the parent has done since, too.
 */
bool mshim_counters_fork_before(bool may_wait);
void mshim_counters_fork_parent(void);
bool mshim_counters_fork_child(bool prepared);

/* The sum over all records, see mshim_stats_sum. */
void mshim_counters_sum(struct mshim_counters *out);

/* The memory that the counters take. */
uint64_t mshim_counters_memory_bytes(void);

#endif
