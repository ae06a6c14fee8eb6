/* SPDX-License-Identifier: MIT */
#include "library/process/housekeeping.h"

#include "library/counters/records.h"
#include "library/large_blocks/large_blocks.h"
#include "library/process/retained.h"
#include "library/process/state.h"
#include "library/python/python.h"
#include "shared/base/clock.h"

#include <errno.h>
#include <sys/resource.h>

enum { PUBLISH_INTERVAL_NS = 100 * MSHIM_NS_PER_MILLISECOND, RETAINED_INTERVAL_NS = MSHIM_NS_PER_SECOND };

static uint64_t published_ns, retained_ns; /* CLOCK_MONOTONIC_COARSE */
static uint64_t retained_interval_ns = RETAINED_INTERVAL_NS;

static uint64_t coarse_ns(void) {
    return mshim_clock_ns(CLOCK_MONOTONIC_COARSE);
}

/* True for one of the threads that come when it is due. */
static bool is_due(uint64_t *last_ns, uint64_t now_ns, uint64_t interval_ns) {
    uint64_t last = __atomic_load_n(last_ns, __ATOMIC_RELAXED);
    return now_ns - last >= interval_ns &&
           __atomic_compare_exchange_n(last_ns, &last, now_ns, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

void mshim_housekeeping_publish(void) {
    struct rusage usage;
    MSHIM_WRITE(mshim_stats.updated_ns, coarse_ns());
    MSHIM_WRITE(mshim_stats.memory_bytes, mshim_own_memory_bytes());
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    MSHIM_WRITE(mshim_stats.user_cpu_ns, mshim_timeval_ns(usage.ru_utime));
    MSHIM_WRITE(mshim_stats.system_cpu_ns, mshim_timeval_ns(usage.ru_stime));
    MSHIM_WRITE(mshim_stats.minor_faults, (uint64_t)usage.ru_minflt);
    MSHIM_WRITE(mshim_stats.major_faults, (uint64_t)usage.ru_majflt);
    MSHIM_WRITE(mshim_stats.peak_rss_bytes, (uint64_t)usage.ru_maxrss * 1024);
}

/* Takes longer the more memory there is: done as rarely as makes it a thousandth of the time. */
static void publish_retained(void) {
    const uint64_t begun_ns = mshim_now_ns(), retained = mshim_retained_bytes(true);
    const uint64_t rest_ns = 1000 * (mshim_now_ns() - begun_ns);
    if (retained != MSHIM_ABSENT)
        MSHIM_WRITE(mshim_stats.retained_bytes, retained);
    MSHIM_WRITE(retained_interval_ns, rest_ns > RETAINED_INTERVAL_NS ? rest_ns : RETAINED_INTERVAL_NS);
}

/* Each thread does it once a request: some allocators give back only what the calling thread holds. */
static void purge_allocator(uint64_t request) {
    static __thread uint64_t done_request MSHIM_TLS_INITIAL_EXEC;
    if (done_request == request)
        return;
    done_request = request;
    mshim_process.allocator->plain->trim();
}

/* Done when the first thread has done what it can, and CPython's domains what they can. */
static void purge(void) {
    const uint64_t request = MSHIM_READ(mshim_stats.purge_requested);
    purge_allocator(request);
    if (!mshim_purge_is_requested())
        return;
    if (mshim_python_in_force() == MSHIM_PYTHON_ON)
        mshim_python_request_trim();
    else
        MSHIM_WRITE(mshim_stats.purge_done, request);
}

void mshim_housekeeping_python_trimmed(size_t bytes) {
    if (!mshim_purge_is_requested())
        return;
    const int saved = errno;
    const uint64_t request = MSHIM_READ(mshim_stats.purge_requested);
    purge_allocator(request);
    MSHIM_WRITE(mshim_stats.purge_python_bytes, bytes);
    MSHIM_WRITE(mshim_stats.purge_done, request);
    errno = saved;
}

/* In a sandbox a child of vfork that ends by _exit cannot be told from its parent, in whose stats it has said
 * that the process ended. */
static void still_running(void) {
    if (!mshim_process.exiting && MSHIM_READ(mshim_stats.state) != MSHIM_STATS_RUNNING)
        MSHIM_WRITE(mshim_stats.state, MSHIM_STATS_RUNNING);
}

void mshim_housekeeping(void) {
    const int saved = errno;
    purge();
    if (mshim_process.sandboxed) {
        still_running();
        errno = saved;
        return;
    }
    const uint64_t now_ns = coarse_ns();
    if (is_due(&published_ns, now_ns, PUBLISH_INTERVAL_NS)) {
        mshim_large_trim_expired();
        mshim_housekeeping_publish();
        if (is_due(&retained_ns, now_ns, MSHIM_READ(retained_interval_ns)))
            publish_retained();
    }
    errno = saved;
}
