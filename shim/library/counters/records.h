/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_LIBRARY_COUNTERS_RECORDS_H
#define MSHIM_LIBRARY_COUNTERS_RECORDS_H

/*
 * One record of counters a thread, written by that thread alone with plain stores: no lock, no atomic
 * read-modify-write. The records lie in the page (mshim/stats.h); readers add them up at any time
 * (sum.c).
 *
 * What can be derived when the counters are read is not counted here: the calls of malloc are the calls of
 * all size classes less those of the other functions that ask for a size; live bytes and blocks are
 * differences.
 *
 * Peak of live bytes. A thread tells the others what it allocated less what it freed only when that leaves a
 * window of 64 KiB around what it told last, so the sum that the peak is taken of is off by at most 64 KiB a
 * thread. A thread that has no record yet points to one whose window is empty, so the same comparison leads
 * to both.
 */

#include "shared/stats/cell.h"
#include "shared/stats/size_classes.h"

#include <mshim/stats.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { MSHIM_WINDOW_BYTES = 64 * 1024 };

extern __thread struct mshim_stats_record *mshim_record
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* The page of this process: in the library's own memory until the file is mapped over it (live/). What
 * another process could write there must not be relied on by more than counts. */
extern struct mshim_stats mshim_stats __attribute__((visibility("hidden")));

/* Called at slow paths of counting, at most once a call and with no lock of the counters held: what the
 * process does now and then without a thread of its own (process/visit.c). NULL: nothing. */
extern void (*mshim_counters_visit)(void) __attribute__((visibility("hidden")));

/* Has somebody asked for what is retained to be given back (mshim/stats.h)? */
static inline bool mshim_purge_is_asked(void) {
    return MSHIM_READ(mshim_stats.purge_asked) != MSHIM_READ(mshim_stats.purge_done);
}

/* Slow paths: the record to count into from now on, its window moved so that `net_bytes` more fit. Never
 * NULL. A thread that is ending gets a record that all such threads share; it holds the lock until the
 * matching leave. */
struct mshim_stats_record *mshim_record_enter_slow(int64_t net_bytes);
void mshim_record_leave_slow(void);

/* Has this thread a record of its own, now? */
bool mshim_record_is_own(void);

/* Only a record that is the thread's own has a window that anything fits. */
static inline bool mshim_record_fits(const struct mshim_stats_record *record, int64_t net_bytes) {
    const int64_t net = (int64_t)(record->allocated_bytes - record->freed_bytes) + net_bytes;
    return __builtin_expect(net >= record->net_low_bytes && net <= record->net_high_bytes, 1);
}

static inline struct mshim_stats_record *mshim_record_enter(int64_t net_bytes) {
    struct mshim_stats_record *record = mshim_record;
    return mshim_record_fits(record, net_bytes) ? record : mshim_record_enter_slow(net_bytes);
}

static inline void mshim_record_leave(const struct mshim_stats_record *record) {
    if (__builtin_expect(record == &mshim_stats.late, 0))
        mshim_record_leave_slow();
}

static inline __attribute__((always_inline)) void mshim_add_malloc(struct mshim_stats_record *record,
                                                                   size_t size_bytes, size_t usable_bytes) {
    MSHIM_ADD(record->allocated_bytes, usable_bytes);
    MSHIM_ADD(record->sizes[mshim_size_class(size_bytes)], 1);
    MSHIM_ADD(record->requested_bytes[MSHIM_FUNCTION_malloc], size_bytes);
}

static inline __attribute__((always_inline)) void mshim_add_free(struct mshim_stats_record *record,
                                                                 size_t usable_bytes) {
    MSHIM_ADD(record->freed_bytes, usable_bytes);
    MSHIM_ADD(record->calls[MSHIM_FUNCTION_free], 1);
}

void mshim_count_malloc_slow(size_t size_bytes, size_t usable_bytes);
void mshim_count_free_slow(size_t usable_bytes);

/* A successful malloc. */
static inline __attribute__((always_inline)) void mshim_count_malloc(size_t size_bytes, size_t usable_bytes) {
    struct mshim_stats_record *record = mshim_record;
    const int64_t net_bytes = (int64_t)(record->allocated_bytes + usable_bytes - record->freed_bytes);
    if (__builtin_expect(net_bytes > record->net_high_bytes, 0))
        mshim_count_malloc_slow(size_bytes, usable_bytes);
    else
        mshim_add_malloc(record, size_bytes, usable_bytes);
}

/* A free of a block. */
static inline __attribute__((always_inline)) void mshim_count_free(size_t usable_bytes) {
    struct mshim_stats_record *record = mshim_record;
    const int64_t net_bytes = (int64_t)(record->allocated_bytes - record->freed_bytes - usable_bytes);
    if (__builtin_expect(net_bytes < record->net_low_bytes, 0))
        mshim_count_free_slow(usable_bytes);
    else
        mshim_add_free(record, usable_bytes);
}

/* The rarer calls, by function. */
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
 * CPython's domains (python/): live memory that grew or shrank, exact for larger blocks, for small ones by
 * whole pages taken into use or given up. So a peak made of these is too high by at most the free room in
 * pages in use, and never too low. Their other counts are kept there.
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

/* The same of a larger block that this size was asked for. */
static inline void mshim_count_python_block(size_t size_bytes, int64_t bytes) {
    struct mshim_stats_record *record = mshim_record_enter(bytes);
    MSHIM_ADD(record->sizes[mshim_size_class(size_bytes)], 1);
    MSHIM_ADD(record->python_calls, 1);
    mshim_add_python_live(record, bytes);
    mshim_record_leave(record);
}

/* Threads: as they start (in the new thread) and end (its last act that we see). */
void mshim_count_thread_started(void);
void mshim_record_release(void);

/*
 * Maps a file that begins with a copy of the page over it, and what follows in the file where further records
 * come to lie; `ready_bytes` of that are backed by storage. False, and nothing has changed, where that cannot
 * be.
 */
bool mshim_records_map(int fd, size_t ready_bytes);

/* What the file is longer than the page, and what of it is to be reserved at once. */
size_t mshim_stats_more_bytes(void);
size_t mshim_records_reserve_bytes(void);

static inline size_t mshim_page_align(size_t bytes) {
    return (bytes + MSHIM_MAX_PAGE_BYTES - 1) & ~(size_t)(MSHIM_MAX_PAGE_BYTES - 1);
}

/*
 * Around fork. The child's page is private memory again and all zeros but for what it inherited: calls begin
 * at 0, live bytes and blocks go on. False where memory for that could not be had: then it goes on counting
 * in its parent's page.
 *
 * In a signal handler (_Fork) one may not wait for a lock; where `before` says that it could not prepare,
 * there is no `parent`, and the child counts what its parent has meanwhile done as inherited too.
 */
bool mshim_counters_fork_before(bool may_wait);
void mshim_counters_fork_parent(void);
bool mshim_counters_fork_child(bool prepared);

/* The sum of all records; what others know (RSS, page faults, CPython's domains) is left MSHIM_ABSENT. */
void mshim_counters_sum(struct mshim_counters *out);

/* What the counters themselves hold. */
uint64_t mshim_counters_memory_bytes(void);

#endif
