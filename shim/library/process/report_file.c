/* SPDX-License-Identifier: MIT */
#include "library/process/report_file.h"

#include "library/counters/records.h"
#include "library/process/kernel.h"
#include "library/process/libc.h"
#include "library/process/retained.h"
#include "library/process/signals.h"
#include "library/process/state.h"
#include "library/sampling/sampler.h"
#include "shared/base/absent.h"
#include "shared/base/clock.h"
#include "shared/base/text.h"
#include "shared/report/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_CAPACITY = 4096 };

static char template[PATH_CAPACITY]; /* absolute, %p and %e still in it; empty: no report */
static MSHIM_WRITTEN_AT_FORK bool to_stderr; /* read by each child that exits */
static MSHIM_WRITTEN_AT_FORK _Atomic(bool) written;

void mshim_report_file_start(void) {
    const char *wanted = mshim_process.options.report;
    if (!wanted)
        return;
    if (strcmp(wanted, "-") == 0) {
        to_stderr = true;
        return;
    }
    size_t used = 0;
    if (wanted[0] != '/') {
        if (!getcwd(template, sizeof template - 1))
            template[0] = 0;
        used = strlen(template);
        if (used == 0)
            return;
        template[used++] = '/';
    }
    if (used + strlen(wanted) >= sizeof template)
        template[0] = 0;
    else
        strcpy(template + used, wanted);
}

static void expand(struct mshim_text *path) {
    for (const char *at = template; *at; at++) {
        if (at[0] == '%' && at[1] == 'p') {
            mshim_text_append_number(path, (uint64_t)getpid());
            at++;
        } else if (at[0] == '%' && at[1] == 'e') {
            mshim_text_append(path, mshim_program_name());
            at++;
        } else {
            mshim_text_append_bytes(path, at, 1);
        }
    }
}

static bool write_report(int fd, enum mshim_report_format format) {
    static struct mshim_counters counters; /* not on what may be a small stack */
    static struct mshim_writer writer;
    writer = (struct mshim_writer){.fd = fd};
    mshim_sampling_publish();
    if (mshim_process.counting)
        mshim_counters_sum(&counters);
    else
        mshim_set_all_absent(&counters, sizeof counters);
    counters.memory_retained_bytes = mshim_retained_bytes();
    mshim_kernel_fill(&counters);
    mshim_report_bound_retained(&counters);
    const struct mshim_report report = {
        .pid = (uint64_t)getpid(),
        .parent_pid = (uint64_t)getppid(),
        .pid_namespace = MSHIM_ABSENT,
        .forked_from_pid = mshim_stats.parent_id != 0 ? mshim_stats.parent_pid : MSHIM_ABSENT,
        .program = mshim_program_name(),
        .libc = MSHIM_LIBC,
        .state = "ended",
        .wall_ns = mshim_now_ns() - mshim_process.started_ns,
        .cpu_ns = mshim_cpu_ns(),
        .system_cpu_ns = mshim_system_cpu_ns(),
        .version = MSHIM_VERSION,
        .allocator = mshim_process.allocator->name,
        .allocator_version = mshim_process.allocator->version,
        .options = &mshim_process.options,
        .memory_bytes = mshim_own_memory_bytes(),
        .counting = mshim_process.counting,
        .counters = &counters,
    };
    mshim_report_write(&writer, format, &report);
    return mshim_writer_flush(&writer);
}

static bool is_open_as(int fd, const struct stat *file) {
    struct stat open_file;
    return fstat(fd, &open_file) == 0 && open_file.st_dev == file->st_dev && open_file.st_ino == file->st_ino;
}

/*
 * What is there and is not a regular file (a pipe, a terminal, a link) stays and is written to: a link's file
 * from its beginning, but what is our own stdout or stderr (/dev/stderr) at its end.
 */
static bool write_in_place(const char *path) {
    struct stat itself, target;
    if (fstatat(AT_FDCWD, path, &itself, AT_SYMLINK_NOFOLLOW) != 0 || S_ISREG(itself.st_mode))
        return false;
    const bool there = fstatat(AT_FDCWD, path, &target, 0) == 0;
    const bool ours = there && (is_open_as(STDOUT_FILENO, &target) || is_open_as(STDERR_FILENO, &target));
    const int place = !there ? O_CREAT : ours ? O_APPEND : S_ISREG(target.st_mode) ? O_TRUNC : O_NONBLOCK;
    const int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC | place, 0666);
    if (fd >= 0) {
        write_report(fd, mshim_report_format_of(path));
        close(fd);
    }
    return true;
}

/* "/folder/.mshim.PID": short, whatever the report's name is. */
static void name_temporary(struct mshim_text *temporary, const char *path) {
    mshim_text_append_bytes(temporary, path, (size_t)(strrchr(path, '/') + 1 - path));
    mshim_text_append(temporary, ".mshim.");
    mshim_text_append_number(temporary, (uint64_t)getpid());
}

/* A reader sees the whole report or none: it is written beside its place and renamed. */
static void write_file(void) {
    static char path[PATH_CAPACITY], temporary[PATH_CAPACITY]; /* not on what may be a small stack */
    struct mshim_text path_text = mshim_text_in(path, sizeof path);
    struct mshim_text temporary_text = mshim_text_in(temporary, sizeof temporary);
    expand(&path_text);
    if (path_text.truncated || write_in_place(path))
        return;
    name_temporary(&temporary_text, path);
    if (temporary_text.truncated)
        return;
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = open(temporary, flags, 0666);
    if (fd < 0 && errno == EEXIST && unlink(temporary) == 0) /* left by one of this id that was killed */
        fd = open(temporary, flags, 0666);
    if (fd < 0)
        return;
    const bool complete = write_report(fd, mshim_report_format_of(path));
    if (close(fd) != 0 || !complete || rename(temporary, path) != 0)
        unlink(temporary);
}

static void write_to_stderr(void) {
    write_report(STDERR_FILENO, MSHIM_REPORT_TEXT);
}

void mshim_report_file_write(void) {
    if ((!to_stderr && !template[0]) || getpid() != mshim_process.pid)
        return;
    const bool each_process = strstr(template, "%p") != NULL;
    if ((!each_process && !mshim_process.first) || atomic_exchange(&written, true))
        return;
    const int saved = errno;
    mshim_without_signals(to_stderr ? write_to_stderr : write_file);
    errno = saved;
}

void mshim_report_file_fork_child(void) {
    if (atomic_load(&written))
        atomic_store(&written, false);
}
