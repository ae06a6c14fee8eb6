/* SPDX-License-Identifier: MIT */
#include "process/live.h"

#include "counters/records.h"
#include "live/file.h"
#include "live/folder.h"
#include "live/identity.h"
#include "live/leftovers.h"
#include "process/libc.h"
#include "process/signals.h"
#include "process/start.h"
#include "process/visit.h"
#include "python/python.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What the file is called, remembered where no other process can write. */
static struct {
    const char *why; /* there is none */
    uid_t user;
    pid_t owner;
    char name[MSHIM_PAGE_NAME_BYTES];
    bool sandboxed;
} file = {.why = "off"};

static bool forked;

static void copy_text(char *to, size_t size, const char *text) {
    strncpy(to, text, size - 1); /* zeros are there already, and behind it */
}

static void fill_options(void) {
    char *to = mshim_page.options;
    size_t room = sizeof mshim_page.options - 1; /* for the empty one */
    for (size_t i = 0; i < mshim_option_count; i++) {
        const struct mshim_option *row = &mshim_option_rows[i];
        const char *value = mshim_option_value(&mshim_process.options, row);
        const size_t needed = value ? strlen(row->variable) + strlen(value) + 2 : 0;
        if (!value || needed > room)
            continue;
        strcpy(stpcpy(stpcpy(to, row->variable), "="), value);
        to += needed;
        room -= needed;
    }
}

static uint64_t unix_ns(void) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void fill(void) {
    mshim_page.magic = MSHIM_PAGE_MAGIC;
    mshim_page.format = MSHIM_PAGE_FORMAT;
    mshim_page.size_bytes = sizeof mshim_page;
    mshim_page.record_bytes = sizeof(struct mshim_page_record);
    mshim_page.counting = mshim_process.counting;
    mshim_page.user_id = file.user;
    mshim_page.started_unix_ns = unix_ns();
    mshim_page.started_ns = mshim_process.started_ns;
    copy_text(mshim_page.program, sizeof mshim_page.program, mshim_program_name());
    copy_text(mshim_page.libc, sizeof mshim_page.libc, MSHIM_LIBC);
    copy_text(mshim_page.shim_version, sizeof mshim_page.shim_version, MSHIM_VERSION);
    copy_text(mshim_page.allocator, sizeof mshim_page.allocator, mshim_process.allocator->name);
    copy_text(mshim_page.allocator_version, sizeof mshim_page.allocator_version,
              mshim_process.allocator->version);
    copy_text(mshim_page.python, sizeof mshim_page.python, mshim_python_status());
    mshim_page.python_served = mshim_python_in_force() != MSHIM_PYTHON_OFF;
    mshim_page.kernel_counted = mshim_process.allocator->mappings_are_counted;
    mshim_page.retained_bytes = mshim_page.user_cpu_ns = mshim_page.system_cpu_ns = MSHIM_ABSENT;
    mshim_page.minor_faults = mshim_page.major_faults = mshim_page.peak_rss_bytes = MSHIM_ABSENT;
    mshim_page.memory_bytes = mshim_own_memory_bytes();
    mshim_page.updated_ns = mshim_process.started_ns;
    fill_options();
    mshim_identity_fill(&mshim_page);
    mshim_identity_name(&mshim_page, file.name);
}

static bool make_in(int folder) {
    const uint64_t former_parent = mshim_page_file_former_parent(folder, file.name, mshim_page.id);
    if (mshim_page.parent_id == 0)
        mshim_page.parent_id = former_parent;
    const size_t ready_bytes = mshim_records_reserve_bytes();
    const int fd =
        mshim_page_file_make(folder, file.name, &mshim_page, sizeof mshim_page + mshim_page_more_bytes(),
                             sizeof mshim_page + ready_bytes);
    const bool mapped = fd >= 0 && mshim_records_map(fd, ready_bytes);
    if (!mapped)
        file.why = mshim_folder_why(errno);
    if (fd >= 0 && !mapped)
        (void)unlinkat(folder, file.name, 0);
    if (fd >= 0)
        close(fd);
    return mapped;
}

static void make(void) {
    const int folder = mshim_folder_open(mshim_process.options.dir, file.user, true, &file.why);
    if (folder < 0)
        return;
    if (make_in(folder))
        file.why = NULL;
    if (!forked)
        mshim_leftovers_bound(folder);
    close(folder);
}

static void start(void) {
    file.user = geteuid();
    file.owner = getpid();
    fill();
    if (mshim_execution_is_secure())
        file.why = "secure-execution";
    else if (file.sandboxed)
        file.why = "sandbox";
    else
        mshim_without_signals(make);
}

void mshim_live_start(void) {
    if (!mshim_process.counting)
        return;
    mshim_counters_visit = mshim_visit;
    start();
}

void mshim_live_fork_child(void) {
    const int saved = errno;
    forked = true;
    start();
    errno = saved;
}

void mshim_live_end(void) {
    if (file.why || file.owner != getpid())
        return;
    if (file.sandboxed) {
        mshim_page.state = MSHIM_PAGE_ENDED;
        return;
    }
    const int saved = errno;
    const char *why;
    mshim_visit_tell();
    mshim_page.state = MSHIM_PAGE_ENDED;
    const int folder = mshim_process.options.keep
                           ? -1
                           : mshim_folder_open(mshim_process.options.dir, file.user, false, &why);
    if (folder >= 0) {
        (void)unlinkat(folder, file.name, 0);
        close(folder);
    }
    errno = saved;
}

void mshim_live_sandboxed(void) {
    file.sandboxed = true;
}

bool mshim_live_is_sandboxed(void) {
    return file.sandboxed;
}

const char *mshim_live_why(void) {
    return file.why;
}
