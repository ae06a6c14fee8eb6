/* SPDX-License-Identifier: MIT */
#include "library/counters/records.h"

#include "shared/stats/sum.h"
#include "library/counters/thread_end.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define MORE_BYTES mshim_stats_more_bytes()
enum { READY_STEP_BYTES = 16 * 1024 };

/* Nothing fits the window: the first call of a thread leads to mshim_record_enter. */
#define NO_WINDOW .net_low_bytes = INT64_MAX, .net_high_bytes = INT64_MIN

/* Where a thread points that has no record yet, and one that has given its record back. */
static struct mshim_stats_record unregistered = {NO_WINDOW};
static struct mshim_stats_record ending = {NO_WINDOW};

__thread struct mshim_stats_record *mshim_record = &unregistered;

struct mshim_stats mshim_stats;
void (*mshim_counters_visit)(void);

/* Shared, under its lock, by threads that are ending and where there is no record any more. */
static atomic_flag late_lock = ATOMIC_FLAG_INIT;

/* The records beyond those of the page: room for MORE_RECORDS, of which the first `more_ready_bytes` can be
 * written. */
static struct mshim_stats_record *_Atomic more_records;
static size_t more_ready_bytes;
static bool more_in_file;
static _Atomic(unsigned) records_in_use;
static bool taken[MSHIM_STATS_RECORDS]; /* by a thread that has not ended */
static atomic_flag records_lock = ATOMIC_FLAG_INIT;

static __thread bool thread_counted __attribute__((tls_model("initial-exec")));

static void lock(atomic_flag *flag) {
    while (atomic_flag_test_and_set_explicit(flag, memory_order_acquire))
        sched_yield();
}

static void unlock(atomic_flag *flag) {
    atomic_flag_clear_explicit(flag, memory_order_release);
}

static void raise_peak(int64_t to_bytes) {
    int64_t peak = MSHIM_READ(mshim_stats.peak_live_bytes);
    while (to_bytes > peak && !__atomic_compare_exchange_n(&mshim_stats.peak_live_bytes, &peak, to_bytes, true,
                                                           __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
}

static void tell(struct mshim_stats_record *record, int64_t net_bytes) {
    const int64_t more = net_bytes + record->python_net_bytes - record->told_bytes;
    record->told_bytes += more;
    record->net_low_bytes = net_bytes - MSHIM_WINDOW_BYTES;
    record->net_high_bytes = net_bytes + MSHIM_WINDOW_BYTES;
    /* Whoever asks for a purge empties the window behind the question: either that stands now, or the
     * question is seen by the visit. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    raise_peak(__atomic_add_fetch(&mshim_stats.live_bytes, more, __ATOMIC_RELAXED));
}

static struct mshim_stats_record *record_number(unsigned number) {
    return number < MSHIM_STATS_FIRST_RECORDS
               ? &mshim_stats.records[number]
               : atomic_load(&more_records) + (number - MSHIM_STATS_FIRST_RECORDS);
}

static unsigned number_of(const struct mshim_stats_record *record) {
    const uintptr_t in_page = (uintptr_t)record - (uintptr_t)mshim_stats.records;
    return in_page < sizeof mshim_stats.records
               ? (unsigned)(in_page / sizeof *record)
               : MSHIM_STATS_FIRST_RECORDS + (unsigned)(record - atomic_load(&more_records));
}

static bool map_anonymous(void *at, size_t bytes) {
    return mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
                -1, 0) != MAP_FAILED;
}

/* Memory for record `number`, one of those beyond the page's own. In the file it is reserved first, as a
 * store to a full filesystem would end the process; where it cannot be, private memory takes its place. */
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

/* A record that an ended thread left, its counts kept and added to, or a new one. */
static struct mshim_stats_record *take_record(void) {
    lock(&records_lock);
    unsigned number = 0;
    while (number < atomic_load(&records_in_use) && taken[number])
        number++;
    struct mshim_stats_record *record =
        number < atomic_load(&records_in_use) ? record_number(number) : new_record(number);
    if (record)
        taken[number] = true;
    unlock(&records_lock);
    mshim_record = record ? record : &ending;
    if (record)
        mshim_thread_end_expected();
    return mshim_record;
}

static int64_t net_of(const struct mshim_stats_record *record) {
    return (int64_t)(MSHIM_READ(record->allocated_bytes) - MSHIM_READ(record->freed_bytes));
}

static void look_at_window(struct mshim_stats_record *record, int64_t net_bytes) {
    if (net_bytes >= record->net_low_bytes && net_bytes <= record->net_high_bytes)
        return;
    tell(record, net_bytes);
    if (record != &mshim_stats.late && mshim_counters_visit)
        mshim_counters_visit();
}

struct mshim_stats_record *mshim_record_enter_slow(int64_t net_bytes) {
    struct mshim_stats_record *record = mshim_record;
    if (record == &unregistered)
        record = take_record();
    if (record == &ending) {
        lock(&late_lock);
        record = &mshim_stats.late;
    }
    look_at_window(record, net_of(record) + net_bytes);
    return record;
}

bool mshim_record_is_own(void) {
    return mshim_record != &unregistered && mshim_record != &ending;
}

void mshim_record_leave_slow(void) {
    unlock(&late_lock);
}

void mshim_record_release(void) {
    if (thread_counted)
        __atomic_add_fetch(&mshim_stats.threads_ended, 1, __ATOMIC_RELAXED);
    thread_counted = false;
    struct mshim_stats_record *record = mshim_record;
    mshim_record = &ending;
    if (record != &unregistered && record != &ending) {
        lock(&records_lock);
        taken[number_of(record)] = false;
        unlock(&records_lock);
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
    if (mmap(&mshim_stats, sizeof mshim_stats, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) ==
        MAP_FAILED)
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

/* Filesystems and kernels differ in whether more can be reserved later: where that cannot be, room for so
 * many records is reserved from the beginning. */
size_t mshim_records_reserve_bytes(void) {
    enum { RECORDS = 60 };
    return madvise(&mshim_stats, 0, MADV_POPULATE_WRITE) == 0
               ? 0
               : mshim_page_align(RECORDS * sizeof(struct mshim_stats_record));
}

static struct mshim_counters inherited; /* as of the last fork, of this process */

bool mshim_counters_fork_before(bool may_wait) {
    if (may_wait)
        lock(&records_lock);
    else if (atomic_flag_test_and_set_explicit(&records_lock, memory_order_acquire))
        return false;
    mshim_counters_sum(&inherited);
    return true;
}

void mshim_counters_fork_parent(void) {
    unlock(&records_lock);
}

bool mshim_counters_fork_child(bool prepared) {
    if (!prepared)
        mshim_counters_sum(&inherited);
    const bool fresh = map_anonymous(&mshim_stats, sizeof mshim_stats) &&
                       (!atomic_load(&more_records) || map_anonymous(atomic_load(&more_records), MORE_BYTES));
    atomic_flag_clear(&late_lock);
    atomic_flag_clear(&records_lock);
    if (!fresh)
        return false;
    more_in_file = false;
    more_ready_bytes = MORE_BYTES;
    memset(taken, 0, sizeof taken);
    taken[0] = mshim_record_is_own();
    if (taken[0])
        mshim_record = &mshim_stats.records[0];
    mshim_stats.records_in_use = taken[0];
    atomic_store(&records_in_use, taken[0]);
    mshim_stats.live_bytes = mshim_stats.peak_live_bytes = (int64_t)inherited.memory_live_bytes;
    if (inherited.python_mem.live_bytes != MSHIM_ABSENT) {
        mshim_stats.python_inherited_live_bytes[0] = inherited.python_mem.live_bytes;
        mshim_stats.python_inherited_live_bytes[1] = inherited.python_object.live_bytes;
        mshim_stats.python_inherited_live_blocks[0] = inherited.python_mem.live_blocks;
        mshim_stats.python_inherited_live_blocks[1] = inherited.python_object.live_blocks;
    }
    mshim_stats.inherited_live_bytes = inherited.memory_live_bytes -
                                      mshim_stats.python_inherited_live_bytes[0] -
                                      mshim_stats.python_inherited_live_bytes[1];
    mshim_stats.inherited_live_blocks = inherited.memory_live_blocks -
                                       mshim_stats.python_inherited_live_blocks[0] -
                                       mshim_stats.python_inherited_live_blocks[1];
    return true;
}

uint64_t mshim_counters_memory_bytes(void) {
    const uint64_t in_use = atomic_load(&records_in_use);
    const uint64_t more = in_use > MSHIM_STATS_FIRST_RECORDS ? in_use - MSHIM_STATS_FIRST_RECORDS : 0;
    return sizeof mshim_stats + sizeof taken + sizeof unregistered + sizeof ending +
           more * sizeof(struct mshim_stats_record);
}

void mshim_counters_sum(struct mshim_counters *out) {
    const struct mshim_stats_view own = {&mshim_stats, atomic_load(&more_records), MSHIM_STATS_RECORDS};
    mshim_stats_sum(&own, out);
}
