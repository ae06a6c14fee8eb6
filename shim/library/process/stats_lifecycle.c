/* SPDX-License-Identifier: MIT */
#include "library/process/stats_lifecycle.h"

#include "library/counters/records.h"
#include "library/process/housekeeping.h"
#include "library/process/libc.h"
#include "library/process/python_status.h"
#include "library/process/retained.h"
#include "library/process/signals.h"
#include "library/process/state.h"
#include "library/python/python.h"
#include "library/stats_file/file.h"
#include "library/stats_file/folder.h"
#include "library/stats_file/identity.h"
#include "library/stats_file/leftovers.h"
#include "shared/base/clock.h"
#include "shared/base/system_calls.h"
#include "shared/stats/name.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What the file is called, remembered where no other process can write. */
static MSHIM_WRITTEN_AT_FORK struct {
    enum mshim_stats_reason missing; /* why there is none */
    uid_t user;
    pid_t owner;
    char name[MSHIM_STATS_NAME_BYTES];
} file = {.missing = MSHIM_STATS_REASON_OFF};

static MSHIM_WRITTEN_AT_FORK bool forked;

static void copy_text(char *to, size_t size, const char *text) {
    strncpy(to, text, size - 1); /* zeros are there already, and behind it */
}

static void fill_options(void) {
    char *to = mshim_stats.options;
    size_t free_bytes = sizeof mshim_stats.options - 1; /* but for the empty one */
    for (size_t i = 0; i < mshim_option_count; i++) {
        const struct mshim_option *row = &mshim_option_rows[i];
        const char *value = mshim_option_value(&mshim_process.options, row);
        const size_t needed = value ? strlen(row->variable) + strlen(value) + 2 : 0;
        if (!value || needed > free_bytes)
            continue;
        strcpy(stpcpy(stpcpy(to, row->variable), "="), value);
        to += needed;
        free_bytes -= needed;
    }
}

static void fill(void) {
    mshim_stats.magic = MSHIM_STATS_MAGIC;
    mshim_stats.format = MSHIM_STATS_FORMAT;
    mshim_stats.size_bytes = sizeof mshim_stats;
    mshim_stats.record_bytes = sizeof(struct mshim_stats_record);
    mshim_stats.counting = mshim_process.counting;
    mshim_stats.user_id = file.user;
    mshim_stats.started_unix_ns = mshim_clock_ns(CLOCK_REALTIME);
    mshim_stats.started_ns = mshim_process.started_ns;
    copy_text(mshim_stats.program, sizeof mshim_stats.program, mshim_program_name());
    copy_text(mshim_stats.libc, sizeof mshim_stats.libc, MSHIM_LIBC);
    copy_text(mshim_stats.shim_version, sizeof mshim_stats.shim_version, MSHIM_VERSION);
    copy_text(mshim_stats.allocator, sizeof mshim_stats.allocator, mshim_process.allocator->name);
    copy_text(mshim_stats.allocator_version, sizeof mshim_stats.allocator_version,
              mshim_process.allocator->version);
    copy_text(mshim_stats.python, sizeof mshim_stats.python, mshim_python_status_text());
    mshim_stats.python_active = mshim_python_in_force() != MSHIM_PYTHON_OFF;
    mshim_stats.kernel_counted = mshim_process.allocator->mappings_are_counted;
    mshim_stats.retained_bytes = mshim_stats.user_cpu_ns = mshim_stats.system_cpu_ns = MSHIM_ABSENT;
    mshim_stats.minor_faults = mshim_stats.major_faults = mshim_stats.peak_rss_bytes = MSHIM_ABSENT;
    mshim_stats.memory_bytes = mshim_own_memory_bytes();
    mshim_stats.updated_ns = mshim_process.started_ns;
    fill_options();
    mshim_identity_fill(&mshim_stats);
    mshim_stats_name(mshim_stats.pid, mshim_stats.id, file.name);
}

static bool make_in(int folder) {
    if (!forked)
        mshim_stats.parent_id = mshim_stats_file_former_parent(folder, file.name, mshim_stats.id);
    const size_t ready_bytes = mshim_records_reserve_bytes();
    const int fd =
        mshim_stats_file_make(folder, file.name, &mshim_stats, sizeof mshim_stats + mshim_stats_more_bytes(),
                              sizeof mshim_stats + ready_bytes, forked);
    const bool mapped = fd >= 0 && mshim_records_map(fd, ready_bytes);
    if (!mapped)
        file.missing = mshim_folder_reason(errno);
    if (fd >= 0 && !mapped)
        (void)unlinkat(folder, file.name, 0);
    if (fd >= 0)
        mshim_close(fd);
    return mapped;
}

static void make(void) {
    const int folder = mshim_folder_open(mshim_process.options.dir, file.user, true, &file.missing);
    if (folder < 0)
        return;
    mshim_leftovers_bound(folder, false);
    bool made = make_in(folder);
    if (!made && file.missing == MSHIM_STATS_REASON_FULL) {
        mshim_leftovers_remove(folder);
        made = make_in(folder);
    }
    if (made)
        file.missing = MSHIM_STATS_REASON_NONE;
    mshim_close(folder);
}

static void start(void) {
    if (mshim_process.sandboxed) {
        file.missing = MSHIM_STATS_REASON_SANDBOX;
        return;
    }
    file.user = geteuid();
    file.owner = getpid();
    fill();
    if (mshim_execution_is_secure())
        file.missing = MSHIM_STATS_REASON_SECURE_EXECUTION;
    else
        mshim_without_signals(make);
}

void mshim_stats_lifecycle_start(void) {
    if (!mshim_process.counting)
        return;
    mshim_counters_housekeeping = mshim_housekeeping;
    start();
}

void mshim_stats_lifecycle_fork_child(void) {
    const int saved = errno;
    forked = true;
    mshim_leftovers_fork_child();
    start();
    errno = saved;
}

void mshim_stats_lifecycle_end(void) {
    if (file.missing)
        return;
    if (mshim_process.sandboxed) { /* which process this is cannot be asked, nor the file be removed */
        MSHIM_WRITE(mshim_stats.state, MSHIM_STATS_ENDED);
        return;
    }
    if (file.owner != getpid())
        return;
    const int saved = errno;
    enum mshim_stats_reason reason;
    mshim_housekeeping_publish();
    MSHIM_WRITE(mshim_stats.state, MSHIM_STATS_ENDED);
    const int folder = mshim_process.options.keep
                           ? -1
                           : mshim_folder_open(mshim_process.options.dir, file.user, false, &reason);
    if (folder >= 0) {
        (void)unlinkat(folder, file.name, 0);
        if (mshim_process.has_forked)
            mshim_leftovers_bound(folder, true);
        mshim_close(folder);
    }
    errno = saved;
}

const char *mshim_stats_file_why(void) {
    return mshim_stats_reason_word(file.missing);
}
