/* SPDX-License-Identifier: MIT */
#include "process/fork.h"

#include "counters/records.h"
#include "process/end.h"
#include "process/libc.h"
#include "process/snapshot.h"
#include "process/start.h"
#include "python/python.h"

#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

static void fork_before(void) {
    mshim_python_fork_prepare();
    if (mshim_process.allocator->fork_before)
        mshim_process.allocator->fork_before();
}

static void fork_parent(void) {
    if (mshim_process.allocator->fork_parent)
        mshim_process.allocator->fork_parent();
    mshim_python_fork_parent();
}

static void fork_child(void) {
    if (mshim_process.allocator->fork_child)
        mshim_process.allocator->fork_child();
    mshim_python_fork_child();
    mshim_process.pid = getpid();
    mshim_process.first = false;
    mshim_process.started_ns = mshim_now_ns();
    if (mshim_process.counting)
        mshim_counters_fork_child(mshim_snapshot_python_live_bytes());
    mshim_end_fork_child();
}

void mshim_fork_start(void) {
    static _Atomic(int) state; /* 0 not begun, 1 registering, 2 registered */
    int not_begun = 0;
    if (!atomic_compare_exchange_strong(&state, &not_begun, 1)) {
        while (atomic_load(&state) != 2) /* another thread registers */
            sched_yield();
        return;
    }
    mshim_start();
    if (!mshim_process.foreign)
        mshim_at_fork(fork_before, fork_parent, fork_child, &__dso_handle);
    atomic_store(&state, 2);
}
