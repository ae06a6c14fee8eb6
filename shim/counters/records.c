/* SPDX-License-Identifier: MIT */
#include "counters/records.h"

#include "counters/page_sum.h"
#include "counters/thread_end.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>

enum { MORE_RECORDS = MSHIM_PAGE_RECORDS - MSHIM_PAGE_FIRST_RECORDS };

/* Nothing fits the window: the first call of a thread leads to mshim_record_enter. */
#define NO_WINDOW .net_low_bytes = INT64_MAX, .net_high_bytes = INT64_MIN

/* Where a thread points that has no record yet, and one that has given its record back. */
static struct mshim_page_record unregistered = {NO_WINDOW};
static struct mshim_page_record ending = {NO_WINDOW};

__thread struct mshim_page_record *mshim_record = &unregistered;

struct mshim_page mshim_page;

/* Shared, under its lock, by threads that are ending and where there is no record any more. */
static atomic_flag late_lock = ATOMIC_FLAG_INIT;

static struct mshim_page_record *_Atomic more_records; /* room for MORE_RECORDS */
static _Atomic(unsigned) records_in_use;
static bool taken[MSHIM_PAGE_RECORDS]; /* by a thread that has not ended */
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
    int64_t peak = MSHIM_READ(mshim_page.peak_live_bytes);
    while (to_bytes > peak && !__atomic_compare_exchange_n(&mshim_page.peak_live_bytes, &peak, to_bytes, true,
                                                           __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        continue;
}

static void tell(struct mshim_page_record *record, int64_t net_bytes) {
    const int64_t more = net_bytes + record->python_net_bytes - record->told_bytes;
    record->told_bytes += more;
    record->net_low_bytes = net_bytes - MSHIM_WINDOW_BYTES;
    record->net_high_bytes = net_bytes + MSHIM_WINDOW_BYTES;
    raise_peak(__atomic_add_fetch(&mshim_page.live_bytes, more, __ATOMIC_RELAXED));
}

static struct mshim_page_record *record_number(unsigned number) {
    return number < MSHIM_PAGE_FIRST_RECORDS
               ? &mshim_page.records[number]
               : atomic_load(&more_records) + (number - MSHIM_PAGE_FIRST_RECORDS);
}

static unsigned number_of(const struct mshim_page_record *record) {
    const uintptr_t in_page = (uintptr_t)record - (uintptr_t)mshim_page.records;
    return in_page < sizeof mshim_page.records
               ? (unsigned)(in_page / sizeof *record)
               : MSHIM_PAGE_FIRST_RECORDS + (unsigned)(record - atomic_load(&more_records));
}

/* Memory for the records beyond those of the page. */
static bool have_more(void) {
    if (atomic_load(&more_records))
        return true;
    void *more = mmap(NULL, MORE_RECORDS * sizeof(struct mshim_page_record), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (more == MAP_FAILED)
        return false;
    atomic_store(&more_records, more);
    return true;
}

static struct mshim_page_record *new_record(void) {
    const unsigned number = atomic_load(&records_in_use);
    if (number == MSHIM_PAGE_RECORDS || (number >= MSHIM_PAGE_FIRST_RECORDS && !have_more()))
        return NULL;
    taken[number] = true;
    atomic_store(&records_in_use, number + 1);
    MSHIM_WRITE(mshim_page.records_in_use, number + 1);
    return record_number(number);
}

/* A record that an ended thread left, its counts kept and added to, or a new one. */
static struct mshim_page_record *take_record(void) {
    lock(&records_lock);
    unsigned number = 0;
    while (number < atomic_load(&records_in_use) && taken[number])
        number++;
    struct mshim_page_record *record =
        number < atomic_load(&records_in_use) ? record_number(number) : new_record();
    if (record)
        taken[number] = true;
    unlock(&records_lock);
    mshim_record = record ? record : &ending;
    if (record)
        mshim_thread_end_expected();
    return mshim_record;
}

static int64_t net_of(const struct mshim_page_record *record) {
    return (int64_t)(MSHIM_READ(record->allocated_bytes) - MSHIM_READ(record->freed_bytes));
}

struct mshim_page_record *mshim_record_enter(int64_t net_bytes) {
    struct mshim_page_record *record = mshim_record;
    if (record == &unregistered)
        record = take_record();
    if (record == &ending) {
        lock(&late_lock);
        record = &mshim_page.late;
    }
    const int64_t net = net_of(record) + net_bytes;
    if (net < record->net_low_bytes || net > record->net_high_bytes)
        tell(record, net);
    return record;
}

void mshim_record_leave(struct mshim_page_record *record) {
    if (record == &mshim_page.late)
        unlock(&late_lock);
}

void mshim_count_python_live(ptrdiff_t bytes) {
    struct mshim_page_record *record = mshim_record_enter(0);
    record->python_net_bytes += bytes;
    record->net_low_bytes -= bytes;
    record->net_high_bytes -= bytes;
    const int64_t net = net_of(record);
    if (net < record->net_low_bytes || net > record->net_high_bytes)
        tell(record, net);
    mshim_record_leave(record);
}

void mshim_record_release(void) {
    if (thread_counted)
        __atomic_add_fetch(&mshim_page.threads_ended, 1, __ATOMIC_RELAXED);
    thread_counted = false;
    struct mshim_page_record *record = mshim_record;
    mshim_record = &ending;
    if (record != &unregistered && record != &ending) {
        lock(&records_lock);
        taken[number_of(record)] = false;
        unlock(&records_lock);
    }
}

void mshim_count_thread_started(void) {
    thread_counted = true;
    __atomic_add_fetch(&mshim_page.threads_started, 1, __ATOMIC_RELAXED);
    mshim_record_leave(mshim_record_enter(0));
}

static void forget(struct mshim_page_record *record) {
    memset(record, 0, sizeof *record);
    record->net_low_bytes = -MSHIM_WINDOW_BYTES;
    record->net_high_bytes = MSHIM_WINDOW_BYTES;
}

void mshim_counters_fork_child(uint64_t python_live_bytes) {
    static struct mshim_counters before; /* not on what may be a small stack */
    mshim_counters_sum(&before);
    forget(&mshim_page.late);
    for (unsigned i = 0; i < atomic_load(&records_in_use); i++)
        forget(record_number(i));
    memset(taken, 0, sizeof taken);
    if (mshim_record != &unregistered && mshim_record != &ending)
        taken[number_of(mshim_record)] = true;
    atomic_flag_clear(&late_lock);
    atomic_flag_clear(&records_lock);
    mshim_page.inherited_live_bytes = before.memory_live_bytes;
    mshim_page.inherited_live_blocks = before.memory_live_blocks;
    mshim_page.live_bytes = mshim_page.peak_live_bytes =
        (int64_t)(before.memory_live_bytes + python_live_bytes);
    mshim_page.threads_started = mshim_page.threads_ended = 0;
}

uint64_t mshim_counters_memory_bytes(void) {
    const uint64_t in_use = atomic_load(&records_in_use);
    const uint64_t more = in_use > MSHIM_PAGE_FIRST_RECORDS ? in_use - MSHIM_PAGE_FIRST_RECORDS : 0;
    return sizeof mshim_page + sizeof taken + sizeof unregistered + sizeof ending +
           more * sizeof(struct mshim_page_record);
}

void mshim_counters_sum(struct mshim_counters *out) {
    const struct mshim_page_view own = {&mshim_page, atomic_load(&more_records), MSHIM_PAGE_RECORDS};
    mshim_page_sum(&own, out);
}
