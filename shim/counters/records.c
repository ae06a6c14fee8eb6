/* SPDX-License-Identifier: MIT */
#include "counters/records.h"

#include "counters/thread_end.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>

enum { FIRST_RECORDS = 4, CHUNK_BYTES = 16 * 1024 };

/* Where a thread points that has no record yet, and one that has given its record back: nothing fits the
 * window. */
static struct mshim_record unregistered = {.net_low_bytes = INT64_MAX, .net_high_bytes = -1};
static struct mshim_record ending = {.net_low_bytes = INT64_MAX, .net_high_bytes = -1};

__thread struct mshim_record *mshim_record = &unregistered;

/* Shared, under its lock, by threads that are ending and where no memory for records could be had. */
static struct mshim_record late = {.net_low_bytes = INT64_MAX, .net_high_bytes = -1};
static atomic_flag late_lock = ATOMIC_FLAG_INIT;

static struct mshim_record first_records[FIRST_RECORDS];
static struct mshim_record *spare = first_records;
static unsigned spares = FIRST_RECORDS;
static atomic_flag records_lock = ATOMIC_FLAG_INIT;
static struct mshim_record *_Atomic records = &late;
static _Atomic(uint64_t) chunks_bytes;

static _Atomic(int64_t) live_bytes, peak_live_bytes;
static int64_t inherited_bytes;
static uint64_t inherited_blocks;
static _Atomic(uint64_t) threads_started, threads_ended;
static __thread bool thread_counted __attribute__((tls_model("initial-exec")));

static void lock(atomic_flag *flag) {
    while (atomic_flag_test_and_set_explicit(flag, memory_order_acquire))
        sched_yield();
}

static void unlock(atomic_flag *flag) {
    atomic_flag_clear_explicit(flag, memory_order_release);
}

static void raise_peak(int64_t to_bytes) {
    int64_t peak = atomic_load_explicit(&peak_live_bytes, memory_order_relaxed);
    while (to_bytes > peak && !atomic_compare_exchange_weak(&peak_live_bytes, &peak, to_bytes))
        continue;
}

static void tell(struct mshim_record *record, int64_t net_bytes) {
    const int64_t more = net_bytes + record->python_net_bytes - record->told_bytes;
    record->told_bytes += more;
    record->net_low_bytes = net_bytes - MSHIM_WINDOW_BYTES;
    record->net_high_bytes = net_bytes + MSHIM_WINDOW_BYTES;
    raise_peak(atomic_fetch_add(&live_bytes, more) + more);
}

static struct mshim_record *new_record(void) {
    if (spares == 0) {
        void *chunk = mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (chunk == MAP_FAILED)
            return NULL;
        atomic_fetch_add(&chunks_bytes, CHUNK_BYTES);
        spare = chunk;
        spares = CHUNK_BYTES / sizeof *spare;
    }
    --spares;
    struct mshim_record *record = spare++;
    record->next = atomic_load(&records);
    atomic_store(&records, record);
    return record;
}

/* A record that an ended thread left, its counts kept and added to, or a new one. */
static struct mshim_record *take_record(void) {
    lock(&records_lock);
    struct mshim_record *record = atomic_load(&records);
    while (record && (record == &late || atomic_load(&record->taken)))
        record = record->next;
    if (!record)
        record = new_record();
    if (record)
        atomic_store(&record->taken, true);
    unlock(&records_lock);
    mshim_record = record ? record : &ending;
    if (record)
        mshim_thread_end_expected();
    return mshim_record;
}

static int64_t net_of(const struct mshim_record *record) {
    return (int64_t)(MSHIM_READ(record->allocated_bytes) - MSHIM_READ(record->freed_bytes));
}

struct mshim_record *mshim_record_enter(int64_t net_bytes) {
    struct mshim_record *record = mshim_record;
    if (record == &unregistered)
        record = take_record();
    if (record == &ending) {
        lock(&late_lock);
        record = &late;
    }
    const int64_t net = net_of(record) + net_bytes;
    if (net < record->net_low_bytes || net > record->net_high_bytes)
        tell(record, net);
    return record;
}

void mshim_record_leave(struct mshim_record *record) {
    if (record == &late)
        unlock(&late_lock);
}

void mshim_count_python_live(ptrdiff_t bytes) {
    struct mshim_record *record = mshim_record_enter(0);
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
        atomic_fetch_add(&threads_ended, 1);
    thread_counted = false;
    struct mshim_record *record = mshim_record;
    mshim_record = &ending;
    if (record != &unregistered && record != &ending)
        atomic_store(&record->taken, false);
}

void mshim_count_thread_started(void) {
    thread_counted = true;
    atomic_fetch_add(&threads_started, 1);
    mshim_record_leave(mshim_record_enter(0));
}

static void forget(struct mshim_record *record) {
    struct mshim_record *next = record->next;
    memset(record, 0, sizeof *record);
    record->next = next;
    record->net_low_bytes = -MSHIM_WINDOW_BYTES;
    record->net_high_bytes = MSHIM_WINDOW_BYTES;
}

void mshim_counters_fork_child(uint64_t python_live_bytes) {
    static struct mshim_counters before; /* not on what may be a small stack */
    mshim_counters_sum(&before);
    for (struct mshim_record *record = atomic_load(&records); record; record = record->next)
        forget(record);
    if (mshim_record != &unregistered && mshim_record != &ending)
        atomic_store(&mshim_record->taken, true);
    atomic_flag_clear(&late_lock);
    atomic_flag_clear(&records_lock);
    inherited_bytes = (int64_t)before.memory_live_bytes;
    inherited_blocks = before.memory_live_blocks;
    atomic_store(&live_bytes, inherited_bytes + (int64_t)python_live_bytes);
    atomic_store(&peak_live_bytes, inherited_bytes + (int64_t)python_live_bytes);
    atomic_store(&threads_started, 0);
    atomic_store(&threads_ended, 0);
}

uint64_t mshim_counters_memory_bytes(void) {
    return sizeof first_records + sizeof late + sizeof unregistered + sizeof ending +
           atomic_load(&chunks_bytes);
}

void mshim_counters_sum(struct mshim_counters *out) {
    memset(out, 0xff, sizeof *out); /* MSHIM_ABSENT */
    out->format = MSHIM_COUNTERS_FORMAT;
    out->size_bytes = sizeof *out;
    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        out->sizes[i] =
            (struct mshim_size_class){mshim_size_class_from_bytes(i), mshim_size_class_to_bytes(i), 0};
    memset(out->functions, 0, sizeof out->functions);
    out->realloc_in_place = out->realloc_moved = out->realloc_copied_bytes = 0;
    out->memory_allocated_bytes = out->memory_freed_bytes = 0;
    uint64_t allocated_blocks = 0, freed_blocks = 0, malloc_calls = 0;

    for (const struct mshim_record *record = atomic_load(&records); record; record = record->next) {
        for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
            out->sizes[i].calls += MSHIM_READ(record->sizes[i]);
        for (unsigned i = 0; i < MSHIM_FUNCTIONS; i++) {
            out->functions[i].calls += MSHIM_READ(record->calls[i]);
            out->functions[i].failures += MSHIM_READ(record->failures[i]);
            out->functions[i].requested_bytes += MSHIM_READ(record->requested_bytes[i]);
        }
        malloc_calls -= MSHIM_READ(record->python_calls);
        out->memory_allocated_bytes += MSHIM_READ(record->allocated_bytes);
        out->memory_freed_bytes += MSHIM_READ(record->freed_bytes);
        out->realloc_in_place += MSHIM_READ(record->realloc_in_place);
        out->realloc_moved += MSHIM_READ(record->realloc_moved);
        out->realloc_copied_bytes += MSHIM_READ(record->realloc_copied_bytes);
        allocated_blocks += MSHIM_READ(record->realloc_allocated_blocks);
        freed_blocks += MSHIM_READ(record->realloc_freed_blocks) - MSHIM_READ(record->frees_of_null);
    }

    for (unsigned i = 0; i < MSHIM_SIZE_CLASSES; i++)
        malloc_calls += out->sizes[i].calls;
#define SIZED(name)                       malloc_calls -= out->functions[MSHIM_FUNCTION_##name].calls;
#define UNSIZED(name)                     out->functions[MSHIM_FUNCTION_##name].requested_bytes = MSHIM_ABSENT;
#define MSHIM_FUNCTION(name, sized, help) sized(name)
#include <mshim/functions.def>
#undef MSHIM_FUNCTION
#undef SIZED
#undef UNSIZED
    out->functions[MSHIM_FUNCTION_malloc].calls = malloc_calls;

    for (unsigned i = 0; i <= MSHIM_FUNCTION_pvalloc; i++)
        if (i != MSHIM_FUNCTION_realloc && i != MSHIM_FUNCTION_reallocarray)
            allocated_blocks += out->functions[i].calls - out->functions[i].failures;
    for (unsigned i = MSHIM_FUNCTION_free; i <= MSHIM_FUNCTION_free_aligned_sized; i++)
        freed_blocks += out->functions[i].calls;

    out->memory_inherited_live_bytes = (uint64_t)inherited_bytes;
    out->memory_inherited_live_blocks = inherited_blocks;
    out->memory_live_bytes =
        out->memory_allocated_bytes - out->memory_freed_bytes + (uint64_t)inherited_bytes;
    out->memory_live_blocks = allocated_blocks - freed_blocks + inherited_blocks;
    out->memory_peak_live_bytes = (uint64_t)atomic_load(&peak_live_bytes);
    out->threads_started = atomic_load(&threads_started);
    out->threads_ended = atomic_load(&threads_ended);
}
