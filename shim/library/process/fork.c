/* SPDX-License-Identifier: MIT */
#include "library/process/fork.h"

#include "library/counters/records.h"
#include "library/process/libc.h"
#include "library/process/report_file.h"
#include "library/process/retained.h"
#include "library/process/select.h"
#include "library/process/state.h"
#include "library/process/stats_lifecycle.h"
#include "library/python/python.h"
#include "library/sampling/tick.h"
#include "shared/base/clock.h"
#include "shared/base/once.h"

#include <unistd.h>

void mshim_fork_count_in_child(bool prepared) {
    const uint64_t parent_id = mshim_stats.id, asked = mshim_stats.purge_requested;
    mshim_process.started_ns = mshim_now_ns();
    mshim_retained_fork_child();
    if (!mshim_process.counting || !mshim_counters_fork_child(prepared))
        return;
    mshim_tick_check();
    mshim_stats.parent_id = parent_id;
    mshim_stats.purge_requested = mshim_stats.purge_done = asked; /* not of this process */
    mshim_python_publish();
    mshim_stats_lifecycle_fork_child();
}

static void fork_before(void) {
    mshim_python_fork_prepare();
    if (mshim_process.counting)
        mshim_counters_fork_before(true);
    if (mshim_process.allocator->fork_before)
        mshim_process.allocator->fork_before();
}

static void fork_parent(void) {
    mshim_process.has_forked = true;
    if (mshim_process.allocator->fork_parent)
        mshim_process.allocator->fork_parent();
    if (mshim_process.counting)
        mshim_counters_fork_parent();
    mshim_python_fork_parent();
}

static void fork_child(void) {
    if (mshim_process.allocator->fork_child)
        mshim_process.allocator->fork_child();
    mshim_python_fork_child();
    mshim_process.pid = mshim_process.sandboxed ? 0 : getpid();
    mshim_process.first = mshim_process.has_forked = false;
    mshim_fork_count_in_child(true);
    mshim_report_file_fork_child();
}

void mshim_fork_start(void) {
    static struct mshim_once once;
    if (!mshim_once_begin(&once))
        return;
    mshim_start();
    if (!mshim_process.other_libc)
        mshim_at_fork(fork_before, fork_parent, fork_child, &__dso_handle);
    mshim_once_end(&once);
}
