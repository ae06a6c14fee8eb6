/* SPDX-License-Identifier: MIT */
#include "library/process/visit.h"

#include "library/counters/records.h"
#include "library/process/live.h"
#include "library/process/retained.h"
#include "library/process/start.h"
#include "library/python/python.h"

#include <errno.h>
#include <sys/resource.h>
#include <time.h>

enum { TELL_NS = 100000000, RETAINED_NS = 1000000000 };

static uint64_t told_ns, retained_ns; /* CLOCK_MONOTONIC_COARSE */
static uint64_t retained_interval_ns = RETAINED_NS;

static uint64_t coarse_ns(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* True for one of the threads that come when it is due. */
static bool is_due(uint64_t *last_ns, uint64_t now_ns, uint64_t interval_ns) {
    uint64_t last = __atomic_load_n(last_ns, __ATOMIC_RELAXED);
    return now_ns - last >= interval_ns &&
           __atomic_compare_exchange_n(last_ns, &last, now_ns, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static uint64_t ns_of(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

void mshim_visit_tell(void) {
    struct rusage usage;
    MSHIM_WRITE(mshim_stats.updated_ns, coarse_ns());
    MSHIM_WRITE(mshim_stats.memory_bytes, mshim_own_memory_bytes());
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    MSHIM_WRITE(mshim_stats.user_cpu_ns, ns_of(usage.ru_utime));
    MSHIM_WRITE(mshim_stats.system_cpu_ns, ns_of(usage.ru_stime));
    MSHIM_WRITE(mshim_stats.minor_faults, (uint64_t)usage.ru_minflt);
    MSHIM_WRITE(mshim_stats.major_faults, (uint64_t)usage.ru_majflt);
    MSHIM_WRITE(mshim_stats.peak_rss_bytes, (uint64_t)usage.ru_maxrss * 1024);
}

/* Where there is much to be looked at, as rarely as makes it a thousandth of the time. */
static void tell_retained(void) {
    const uint64_t begun_ns = mshim_now_ns(), retained = mshim_retained_bytes();
    const uint64_t rest_ns = 1000 * (mshim_now_ns() - begun_ns);
    if (retained != MSHIM_ABSENT)
        MSHIM_WRITE(mshim_stats.retained_bytes, retained);
    MSHIM_WRITE(retained_interval_ns, rest_ns > RETAINED_NS ? rest_ns : RETAINED_NS);
}

/* Each thread does it once for each question: some allocators give back only what the calling thread holds.
 */
static void purge_allocator(uint64_t question) {
    static __thread uint64_t answered __attribute__((tls_model("initial-exec")));
    if (answered == question)
        return;
    answered = question;
    mshim_process.allocator->plain->trim();
}

/* Answered when the first thread has done what it can, and CPython's domains what they can. */
static void purge(void) {
    const uint64_t question = MSHIM_READ(mshim_stats.purge_requested);
    purge_allocator(question);
    if (!mshim_purge_is_requested())
        return;
    if (mshim_python_in_force() == MSHIM_PYTHON_ON)
        mshim_python_request_trim();
    else
        MSHIM_WRITE(mshim_stats.purge_done, question);
}

void mshim_visit_python_trimmed(size_t bytes) {
    if (!mshim_purge_is_requested())
        return;
    const int saved = errno;
    const uint64_t question = MSHIM_READ(mshim_stats.purge_requested);
    purge_allocator(question);
    MSHIM_WRITE(mshim_stats.purge_python_bytes, bytes);
    MSHIM_WRITE(mshim_stats.purge_done, question);
    errno = saved;
}

void mshim_visit(void) {
    const int saved = errno;
    purge();
    const uint64_t now_ns = coarse_ns();
    if (!mshim_live_is_sandboxed() && is_due(&told_ns, now_ns, TELL_NS)) {
        mshim_visit_tell();
        if (is_due(&retained_ns, now_ns, MSHIM_READ(retained_interval_ns)))
            tell_retained();
    }
    errno = saved;
}
