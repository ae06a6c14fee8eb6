/* SPDX-License-Identifier: MIT */
#include "library/counters/records.h"

#include "library/counters/thread_end.h"
#include "shared/base/lock.h"
#include "shared/stats/sum.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define MORE_BYTES mshim_stats_more_bytes()
enum { READY_STEP_BYTES = 16 * 1024 };

/* An empty band: every call takes the slow path. */
#define EMPTY_BAND .net_low_bytes = INT64_MAX, .net_high_bytes = INT64_MIN

/* What a thread points to that has no record yet, and one that has given its record back or cannot have one.
 */
static struct mshim_stats_record unregistered = {EMPTY_BAND};
static struct mshim_stats_record ending = {EMPTY_BAND};

__thread struct mshim_stats_record *mshim_record = &unregistered;

struct mshim_stats mshim_stats;
void (*mshim_counters_housekeeping)(void);

static MSHIM_WRITTEN_AT_FORK struct mshim_lock overflow_lock; /* of mshim_stats.overflow */

/* The records beyond those in mshim_stats: address space for all of them, of which the first
 * `more_ready_bytes` can be written to. */
static MSHIM_WRITTEN_AT_FORK struct mshim_stats_record *_Atomic more_records;
static MSHIM_WRITTEN_AT_FORK size_t more_ready_bytes;
static MSHIM_WRITTEN_AT_FORK bool more_in_file;
static MSHIM_WRITTEN_AT_FORK _Atomic(unsigned) records_in_use;
static MSHIM_WRITTEN_AT_FORK bool taken[MSHIM_STATS_RECORDS]; /* by a thread that has not ended */
static MSHIM_WRITTEN_AT_FORK struct mshim_lock records_lock;

static __thread bool thread_counted MSHIM_TLS_INITIAL_EXEC;

static void raise_peak(int64_t to_bytes) {
    int64_t peak = MSHIM_READ(mshim_stats.peak_live_bytes);
    while (to_bytes > peak && !__atomic_compare_exchange_n(&mshim_stats.peak_live_bytes, &peak, to_bytes,
                                                           true, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
}

/* Adds what the record has grown or shrunk by to the sum over all threads, and centres its band. */
static void publish(struct mshim_stats_record *record, int64_t net_bytes) {
    const int64_t more = net_bytes + record->python_net_bytes - record->published_bytes;
    record->published_bytes += more;
    record->net_low_bytes = net_bytes - MSHIM_BAND_BYTES;
    record->net_high_bytes = net_bytes + MSHIM_BAND_BYTES;
    /* Whoever requests a purge sets the request first and empties the band then: either the band stays empty
     * now, or the housekeeping that follows sees the request. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    raise_peak(__atomic_add_fetch(&mshim_stats.live_bytes, more, __ATOMIC_RELAXED));
}

static struct mshim_stats_record *record_number(unsigned number) {
    return number < MSHIM_STATS_FIRST_RECORDS
               ? &mshim_stats.records[number]
               : atomic_load(&more_records) + (number - MSHIM_STATS_FIRST_RECORDS);
}

static unsigned number_of(const struct mshim_stats_record *record) {
    const uintptr_t offset = (uintptr_t)record - (uintptr_t)mshim_stats.records;
    return offset < sizeof mshim_stats.records
               ? (unsigned)(offset / sizeof *record)
               : MSHIM_STATS_FIRST_RECORDS + (unsigned)(record - atomic_load(&more_records));
}

static bool map_anonymous(void *at, size_t bytes) {
    return mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
                -1, 0) != MAP_FAILED;
}

/* Memory for record `number`, one of those beyond mshim_stats. In the file it is reserved first, because a
 * store to a file on a full filesystem would kill the process; where it cannot be, private memory takes its
 * place. */
static bool make_ready(unsigned number) {
    const size_t needed_bytes = (number - MSHIM_STATS_FIRST_RECORDS + 1) * sizeof(struct mshim_stats_record);
    if (!atomic_load(&more_records)) {
        void *more = mmap(NULL, MORE_BYTES, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (more == MAP_FAILED)
            return false;
        more_ready_bytes = MORE_BYTES;
        atomic_store(&more_records, more);
    }
    if (needed_bytes <= more_ready_bytes)
        return true;
    char *const from = (char *)atomic_load(&more_records) + more_ready_bytes;
    const size_t wanted_bytes = mshim_page_align(needed_bytes + READY_STEP_BYTES);
    const size_t to_bytes = wanted_bytes < MORE_BYTES ? wanted_bytes : MORE_BYTES;
    if (madvise(from, to_bytes - more_ready_bytes, MADV_POPULATE_WRITE) == 0) {
        more_ready_bytes = to_bytes;
        return true;
    }
    if (!map_anonymous(from, MORE_BYTES - more_ready_bytes))
        return false;
    more_ready_bytes = MORE_BYTES;
    more_in_file = false;
    return true;
}

static struct mshim_stats_record *new_record(unsigned number) {
    const int saved = errno;
    const bool ready =
        number < MSHIM_STATS_FIRST_RECORDS || (number < MSHIM_STATS_RECORDS && make_ready(number));
    errno = saved;
    if (!ready)
        return NULL;
    atomic_store(&records_in_use, number + 1);
    if (number < MSHIM_STATS_FIRST_RECORDS || more_in_file)
        MSHIM_WRITE(mshim_stats.records_in_use, number + 1);
    return record_number(number);
}

/* The record of a thread that has ended, whose counts are added to, or a new one. */
static struct mshim_stats_record *take_record(void) {
    mshim_lock(&records_lock);
    unsigned number = 0;
    while (number < atomic_load(&records_in_use) && taken[number])
        number++;
    struct mshim_stats_record *record =
        number < atomic_load(&records_in_use) ? record_number(number) : new_record(number);
    if (record)
        taken[number] = true;
    mshim_unlock(&records_lock);
    mshim_record = record ? record : &ending;
    if (record)
        mshim_thread_end_expected();
    return mshim_record;
}

static int64_t net_of(const struct mshim_stats_record *record) {
    return (int64_t)(MSHIM_READ(record->allocated_bytes) - MSHIM_READ(record->freed_bytes));
}

static void keep_band(struct mshim_stats_record *record, int64_t net_bytes) {
    if (net_bytes >= record->net_low_bytes && net_bytes <= record->net_high_bytes)
        return;
    publish(record, net_bytes);
    if (record != &mshim_stats.overflow && mshim_counters_housekeeping)
        mshim_counters_housekeeping();
}

struct mshim_stats_record *mshim_record_enter_slow(int64_t net_bytes) {
    struct mshim_stats_record *record = mshim_record;
    if (record == &unregistered)
        record = take_record();
    if (record == &ending) {
        mshim_lock(&overflow_lock);
        record = &mshim_stats.overflow;
    }
    keep_band(record, net_of(record) + net_bytes);
    return record;
}

bool mshim_record_is_own(void) {
    return mshim_record != &unregistered && mshim_record != &ending;
}

void mshim_record_leave_slow(void) {
    mshim_unlock(&overflow_lock);
}

void mshim_record_release(void) {
    if (thread_counted)
        __atomic_add_fetch(&mshim_stats.threads_ended, 1, __ATOMIC_RELAXED);
    thread_counted = false;
    struct mshim_stats_record *record = mshim_record;
    mshim_record = &ending;
    if (record != &unregistered && record != &ending) {
        mshim_lock(&records_lock);
        taken[number_of(record)] = false;
        mshim_unlock(&records_lock);
    }
}

void mshim_count_thread_started(void) {
    thread_counted = true;
    __atomic_add_fetch(&mshim_stats.threads_started, 1, __ATOMIC_RELAXED);
    mshim_record_leave(mshim_record_enter(0));
}

size_t mshim_stats_more_bytes(void) {
    return mshim_page_align((MSHIM_STATS_RECORDS - MSHIM_STATS_FIRST_RECORDS) *
                            sizeof(struct mshim_stats_record));
}

bool mshim_records_map(int fd, size_t ready_bytes) {
    struct mshim_stats_record *more = atomic_load(&more_records);
    const bool beyond = atomic_load(&records_in_use) > MSHIM_STATS_FIRST_RECORDS;
    if (mmap(&mshim_stats, sizeof mshim_stats, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_POPULATE,
             fd, 0) == MAP_FAILED)
        return false;
    if (beyond)
        return true;
    more = mmap(more, MORE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | (more ? MAP_FIXED : 0), fd,
                sizeof mshim_stats);
    if (more == MAP_FAILED)
        return true;
    more_in_file = true;
    more_ready_bytes = ready_bytes;
    atomic_store(&more_records, more);
    return true;
}

/* Where the kernel cannot reserve more later (MADV_POPULATE_WRITE is of Linux 5.14), so many records are
 * reserved at once. */
size_t mshim_records_reserve_bytes(void) {
    enum { RECORDS = 60 };
    return madvise(&mshim_stats, 0, MADV_POPULATE_WRITE) == 0
               ? 0
               : mshim_page_align(RECORDS * sizeof(struct mshim_stats_record));
}

static MSHIM_WRITTEN_AT_FORK struct mshim_live inherited; /* what was live in the parent at the fork */

static struct mshim_stats_view own_view(void) {
    return (struct mshim_stats_view){&mshim_stats, atomic_load(&more_records), MSHIM_STATS_RECORDS};
}

static void find_inherited(void) {
    const struct mshim_stats_view view = own_view();
    mshim_stats_live(&view, &inherited);
}

bool mshim_counters_fork_before(bool may_wait) {
    if (may_wait)
        mshim_lock(&records_lock);
    else if (!mshim_try_lock(&records_lock))
        return false;
    find_inherited();
    return true;
}

void mshim_counters_fork_parent(void) {
    mshim_unlock(&records_lock);
}

bool mshim_counters_fork_child(bool prepared) {
    if (!prepared)
        find_inherited();
    const bool fresh = map_anonymous(&mshim_stats, sizeof mshim_stats) &&
                       (!atomic_load(&more_records) || map_anonymous(atomic_load(&more_records), MORE_BYTES));
    mshim_lock_reset(&overflow_lock);
    mshim_lock_reset(&records_lock);
    if (!fresh)
        return false;
    more_in_file = false;
    more_ready_bytes = MORE_BYTES;
    memset(taken, 0, atomic_load(&records_in_use) * sizeof *taken);
    taken[0] = mshim_record_is_own();
    if (taken[0])
        mshim_record = &mshim_stats.records[0];
    mshim_stats.records_in_use = taken[0];
    atomic_store(&records_in_use, taken[0]);
    mshim_stats.live_bytes = mshim_stats.peak_live_bytes =
        (int64_t)(inherited.bytes + inherited.python_bytes[0] + inherited.python_bytes[1]);
    mshim_stats.inherited_live_bytes = inherited.bytes;
    mshim_stats.inherited_live_blocks = inherited.blocks;
    for (unsigned domain = 0; domain < 2; domain++) {
        mshim_stats.python_inherited_live_bytes[domain] = inherited.python_bytes[domain];
        mshim_stats.python_inherited_live_blocks[domain] = inherited.python_blocks[domain];
    }
    return true;
}

uint64_t mshim_counters_memory_bytes(void) {
    const uint64_t in_use = atomic_load(&records_in_use);
    const uint64_t more = in_use > MSHIM_STATS_FIRST_RECORDS ? in_use - MSHIM_STATS_FIRST_RECORDS : 0;
    return sizeof mshim_stats + sizeof taken + sizeof unregistered + sizeof ending +
           more * sizeof(struct mshim_stats_record);
}

void mshim_counters_sum(struct mshim_counters *out) {
    const struct mshim_stats_view view = own_view();
    mshim_stats_sum(&view, out);
}
