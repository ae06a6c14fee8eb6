/* SPDX-License-Identifier: MIT */
#include "library/process/report_file.h"

#include "library/counters/records.h"
#include "library/process/kernel.h"
#include "library/process/libc.h"
#include "library/process/retained.h"
#include "library/process/signals.h"
#include "library/process/state.h"
#include "library/sampling/sampler.h"
#include "library/stats_file/identity.h"
#include "shared/base/absent.h"
#include "shared/base/clock.h"
#include "shared/base/system_calls.h"
#include "shared/base/text.h"
#include "shared/report/write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_CAPACITY = 4096 };

static char template[PATH_CAPACITY];                  /* absolute, %p and %e still in it; with to_file */
static MSHIM_WRITTEN_AT_FORK bool to_stderr, to_file; /* read by each child that exits */
static struct file {
    bool is_open;
    dev_t device;
    ino_t inode;
} started_with[STDERR_FILENO + 1]; /* by descriptor: what stdout and stderr were at the start */
static MSHIM_WRITTEN_AT_FORK _Atomic(bool) written;
static bool may_wait_for_locks;

static struct file open_file(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 ? (struct file){true, status.st_dev, status.st_ino}
                                   : (struct file){.is_open = false};
}

static bool is_as_started(int fd) {
    const struct file now = open_file(fd), *then = &started_with[fd];
    return now.is_open && then->is_open && now.device == then->device && now.inode == then->inode;
}

void mshim_report_file_start(void) {
    const char *wanted = mshim_process.options.report;
    if (!wanted)
        return;
    started_with[STDOUT_FILENO] = open_file(STDOUT_FILENO);
    started_with[STDERR_FILENO] = open_file(STDERR_FILENO);
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
    to_file = used + strlen(wanted) < sizeof template;
    if (to_file)
        strcpy(template + used, wanted);
}

/* Control characters, also those of Latin-1 in UTF-8, are '_'. */
static void append_safe(struct mshim_text *path, const char *name) {
    for (unsigned char before = 0; *name; before = (unsigned char)*name++) {
        const unsigned char byte = (unsigned char)*name;
        const bool is_control = byte < 0x20 || byte == 0x7f || (before == 0xc2 && byte < 0xa0);
        mshim_text_append_bytes(path, is_control ? "_" : name, 1);
    }
}

static void expand(struct mshim_text *path) {
    for (const char *at = template; *at; at++) {
        if (at[0] == '%' && at[1] == 'p') {
            mshim_text_append_number(path, (uint64_t)getpid());
            at++;
        } else if (at[0] == '%' && at[1] == 'e') {
            append_safe(path, mshim_program_name());
            at++;
        } else {
            mshim_text_append_bytes(path, at, 1);
        }
    }
}

static bool is_of_each_process(void) {
    return strstr(template, "%p") != NULL;
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
    counters.memory_retained_bytes = mshim_retained_bytes(may_wait_for_locks);
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
    const struct file now = open_file(fd);
    return now.is_open && now.device == file->st_dev && now.inode == file->st_ino;
}

/* /dev/stderr and the like name a descriptor: another file that has got it since the start is the program's. */
static bool has_changed(const char *path, const struct stat *target) {
    if (strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/proc/", 6) != 0)
        return false;
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        if (is_open_as(fd, target) && is_as_started(fd))
            return false;
    return is_open_as(STDOUT_FILENO, target) || is_open_as(STDERR_FILENO, target);
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
    if (there && has_changed(path, &target))
        return true;
    const bool ours = there && (is_open_as(STDOUT_FILENO, &target) || is_open_as(STDERR_FILENO, &target));
    const int place = !there ? O_CREAT : ours ? O_APPEND : S_ISREG(target.st_mode) ? O_TRUNC : O_NONBLOCK;
    const int fd = mshim_open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC | place, 0666);
    if (fd >= 0) {
        write_report(fd, mshim_report_format_of(path));
        mshim_close(fd);
    }
    return true;
}

enum { ID_DIGITS = 16, NEW_FILE = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC };

/* "/folder/.mshim.PID", or with an id "/folder/.mshim.PID-ID": short, whatever the report's name is. */
static bool name_temporary(char temporary[PATH_CAPACITY], const char *path, const uint64_t *id) {
    struct mshim_text text = mshim_text_in(temporary, PATH_CAPACITY);
    mshim_text_append_bytes(&text, path, (size_t)(strrchr(path, '/') + 1 - path));
    mshim_text_append(&text, ".mshim.");
    mshim_text_append_number(&text, (uint64_t)getpid());
    if (id) {
        mshim_text_append(&text, "-");
        mshim_text_append_hex(&text, *id, ID_DIGITS);
    }
    return !text.truncated;
}

static bool is_named(int fd, const char *path) {
    struct stat itself, named;
    return fstat(fd, &itself) == 0 && fstatat(AT_FDCWD, path, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           itself.st_dev == named.st_dev && itself.st_ino == named.st_ino;
}

/* Removes what a process of this id that was killed has left; not the file of one that writes it now, in another
 * container, which holds a lock on it. */
static void remove_left_over(const char *temporary) {
    const int fd = mshim_open(temporary, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_SH | LOCK_NB) == 0 && is_named(fd, temporary))
        (void)unlink(temporary);
    mshim_close(fd);
}

/* Locked as long as it is open, so that nobody takes it for left over. Where there are no locks nobody does. */
static int make_locked(const char *temporary) {
    const int fd = mshim_open(temporary, NEW_FILE, 0666);
    if (fd < 0)
        return -1;
    const bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    if (locked && is_named(fd, temporary))
        return fd;
    mshim_close(fd); /* whoever takes it for left over just now removes it */
    return -1;
}

static int make_temporary(char temporary[PATH_CAPACITY], const char *path, uint64_t id) {
    if (!name_temporary(temporary, path, NULL))
        return -1;
    remove_left_over(temporary);
    const int fd = make_locked(temporary);
    if (fd >= 0)
        return fd;
    return name_temporary(temporary, path, &id) ? mshim_open(temporary, NEW_FILE, 0666) : -1;
}

/* "/folder/name-ID.json" for "/folder/name.json". */
static void name_other(struct mshim_text *other, const char *path, uint64_t id) {
    const char *const name = strrchr(path, '/') + 1, *dot = strrchr(name, '.');
    const size_t stem_bytes = dot && dot > name ? (size_t)(dot - path) : strlen(path);
    mshim_text_append_bytes(other, path, stem_bytes);
    mshim_text_append(other, "-");
    mshim_text_append_hex(other, id, ID_DIGITS);
    mshim_text_append(other, path + stem_bytes);
}

/* A report of each process never takes the place of another one: in another container, or earlier, another process
 * has had the same id. That of the first process alone replaces the one of the last time. */
static bool put_in_place(const char *temporary, const char *path, uint64_t id) {
    static char other[PATH_CAPACITY]; /* not on what may be a small stack */
    if (!is_of_each_process())
        return rename(temporary, path) == 0;
    if (link(temporary, path) == 0)
        return unlink(temporary) == 0;
    if (errno != EEXIST) /* there are no links here */
        return rename(temporary, path) == 0;
    struct mshim_text other_text = mshim_text_in(other, sizeof other);
    name_other(&other_text, path, id);
    return !other_text.truncated && rename(temporary, other) == 0;
}

/* A reader sees the whole report or none: it is written beside its place first. */
static void write_file(void) {
    static char path[PATH_CAPACITY], temporary[PATH_CAPACITY]; /* not on what may be a small stack */
    struct mshim_text path_text = mshim_text_in(path, sizeof path);
    expand(&path_text);
    if (path_text.truncated || write_in_place(path))
        return;
    const uint64_t id = mshim_identity_id();
    const int fd = make_temporary(temporary, path, id);
    if (fd < 0)
        return;
    /* Some filesystems say only at a close that they could not write; the lock goes with the last one. */
    const bool complete = write_report(fd, mshim_report_format_of(path)) && mshim_close(dup(fd)) == 0;
    if (!complete || !put_in_place(temporary, path, id))
        unlink(temporary);
    mshim_close(fd);
}

static void write_to_stderr(void) {
    if (is_as_started(STDERR_FILENO))
        write_report(STDERR_FILENO, MSHIM_REPORT_TEXT);
}

void mshim_report_file_write(bool may_wait) {
    if (mshim_process.sandboxed || (!to_stderr && !to_file) || getpid() != mshim_process.pid)
        return;
    if ((!is_of_each_process() && !mshim_process.first) || atomic_exchange(&written, true))
        return;
    const int saved = errno;
    may_wait_for_locks = may_wait;
    mshim_without_signals(to_stderr ? write_to_stderr : write_file);
    errno = saved;
}

void mshim_report_file_fork_child(void) {
    if (atomic_load(&written))
        atomic_store(&written, false);
}

void mshim_report_file_drop(void) {
    atomic_store(&written, true);
}
