/* SPDX-License-Identifier: MIT */
#include "process/end.h"

#include "counters/records.h"
#include "process/kernel.h"
#include "process/libc.h"
#include "process/snapshot.h"
#include "process/start.h"
#include "python/python.h"
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

static char template[PATH_BYTES]; /* absolute, %p and %e still in it; empty: no report */
static bool to_stderr;
static _Atomic(bool) written;

/* Text that grows in a fixed buffer; what does not fit makes it unusable. */
struct path {
    char text[PATH_BYTES];
    size_t length;
    bool overflow;
};

static void append_bytes(struct path *path, const char *bytes, size_t count) {
    if (path->length + count >= sizeof path->text) {
        path->overflow = true;
        return;
    }
    memcpy(path->text + path->length, bytes, count);
    path->length += count;
    path->text[path->length] = 0;
}

static void append(struct path *path, const char *text) {
    append_bytes(path, text, strlen(text));
}

static void append_number(struct path *path, unsigned long number) {
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    append_bytes(path, digits + at, sizeof digits - at);
}

void mshim_end_start(void) {
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

static void expand(struct path *path) {
    for (const char *at = template; *at; at++) {
        if (at[0] == '%' && at[1] == 'p') {
            append_number(path, (unsigned long)getpid());
            at++;
        } else if (at[0] == '%' && at[1] == 'e') {
            append(path, mshim_program_name());
            at++;
        } else {
            append_bytes(path, at, 1);
        }
    }
}

static bool write_report(int fd, enum mshim_report_format format) {
    static struct mshim_counters counters; /* not on what may be a small stack */
    static struct mshim_writer writer;
    writer = (struct mshim_writer){.fd = fd};
    if (mshim_process.counting)
        mshim_snapshot_take(&counters);
    else
        memset(&counters, 0xff, sizeof counters); /* MSHIM_ABSENT */
    counters.memory_retained_bytes = mshim_retained_bytes();
    mshim_kernel_fill(&counters);
    struct mshim_python_memory python;
    mshim_python_memory(&python);
    const struct mshim_report report = {
        .pid = (uint64_t)getpid(),
        .parent_pid = (uint64_t)getppid(),
        .program = mshim_program_name(),
        .libc = MSHIM_LIBC,
        .state = "ended",
        .wall_ns = mshim_now_ns() - mshim_process.started_ns,
        .cpu_ns = mshim_cpu_ns(),
        .allocator = mshim_process.allocator->name,
        .allocator_version = mshim_process.allocator->version,
        .options = &mshim_process.options,
        .memory_bytes = mshim_counters_memory_bytes() + python.own_bytes,
        .counting = mshim_process.counting,
        .counters = &counters,
    };
    mshim_report_write(&writer, format, &report);
    return mshim_writer_flush(&writer);
}

/* Something that is there and is no file (a pipe, a terminal, /dev/stderr) is written to as it is. */
static bool write_to_special(const char *path) {
    struct stat status;
    if (fstatat(AT_FDCWD, path, &status, 0) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
        return false;
    const int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0) {
        write_report(fd, mshim_report_format_of(path));
        close(fd);
    }
    return true;
}

/* A reader sees the whole report or none: it is written beside its place and renamed. */
static void write_file(void) {
    static struct path path, temporary; /* not on what may be a small stack */
    path.length = temporary.length = 0;
    path.overflow = temporary.overflow = false;
    expand(&path);
    append(&temporary, path.text);
    append(&temporary, ".tmp.");
    append_number(&temporary, (unsigned long)getpid());
    if (path.overflow || temporary.overflow || write_to_special(path.text))
        return;
    const int fd = open(temporary.text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return;
    const bool complete = write_report(fd, mshim_report_format_of(path.text));
    if (close(fd) != 0 || !complete || rename(temporary.text, path.text) != 0)
        unlink(temporary.text);
}

void mshim_end_report(void) {
    if (!to_stderr && !template[0])
        return;
    if (getpid() != mshim_process.pid)
        return;
    const bool each_process = strstr(template, "%p") != NULL;
    if (!each_process && !mshim_process.first)
        return;
    if (atomic_exchange(&written, true))
        return;
    const int saved = errno;
    if (to_stderr)
        write_report(STDERR_FILENO, MSHIM_REPORT_TEXT);
    else
        write_file();
    errno = saved;
}

void mshim_end_fork_child(void) {
    atomic_store(&written, false);
}
