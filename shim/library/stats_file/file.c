/* SPDX-License-Identifier: MIT */
#include "library/stats_file/file.h"

#include "shared/base/system_calls.h"
#include "shared/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE = 0600, HOW = O_RDWR | O_CLOEXEC | O_NOFOLLOW };

static bool write_all(int fd, const void *from, size_t bytes, off_t at) {
    for (const char *next = from; bytes > 0;) {
        const ssize_t written = mshim_pwrite(fd, next, bytes, at);
        if (written <= 0 && errno != EINTR)
            return false;
        if (written > 0) {
            next += written;
            at += written;
            bytes -= (size_t)written;
        }
    }
    return true;
}

/* Filesystems that cannot reserve take what is written. */
static bool reserve(int fd, size_t bytes) {
    static const char zeros[4096];
    int result;
    do
        result = mshim_fallocate(fd, 0, (off_t)bytes);
    while (result != 0 && errno == EINTR);
    if (result == 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL))
        return result == 0;
    bool written = true;
    for (size_t at = 0; written && at < bytes; at += sizeof zeros)
        written = write_all(fd, zeros, sizeof zeros, (off_t)at);
    return written;
}

/* All that may be anything but zero, as the file is zeros; the magic comes last. `untimed`: the timing is zero. */
static bool write_stats(int fd, const struct mshim_stats *stats, bool untimed) {
    enum {
        HEAD = offsetof(struct mshim_stats, format),
        TIMING = offsetof(struct mshim_stats, timing),
        PYTHON = offsetof(struct mshim_stats, python_active),
        RECORDS = offsetof(struct mshim_stats, records),
        OVERFLOW = offsetof(struct mshim_stats, overflow),
    };
    const uint32_t in_use =
        stats->records_in_use < MSHIM_STATS_FIRST_RECORDS ? stats->records_in_use : MSHIM_STATS_FIRST_RECORDS;
    return write_all(fd, &stats->format, TIMING - HEAD, HEAD) &&
           (untimed || write_all(fd, &stats->timing, PYTHON - TIMING, TIMING)) &&
           write_all(fd, &stats->python_active, OVERFLOW - PYTHON, PYTHON) &&
           (stats->overflow.net_high_bytes == 0 ||
            write_all(fd, &stats->overflow, sizeof stats->overflow, OVERFLOW)) &&
           write_all(fd, stats->records, in_use * sizeof *stats->records, RECORDS);
}

/* Where locks are not supported readers go by the process id. */
static bool fill(int fd, const struct mshim_stats *stats, size_t whole_bytes, size_t reserved_bytes,
                 bool untimed) {
    if (fchmod(fd, MODE) != 0 || ftruncate(fd, (off_t)whole_bytes) != 0 || !reserve(fd, reserved_bytes) ||
        !write_stats(fd, stats, untimed))
        return false;
    (void)flock(fd, LOCK_EX | LOCK_NB);
    return write_all(fd, &stats->magic, sizeof stats->magic, offsetof(struct mshim_stats, magic));
}

/* By the descriptor itself, which takes a privilege or Linux 6.10; else by its name in /proc. */
static bool link_once(int fd, int folder, const char *name) {
    if (linkat(fd, "", folder, name, AT_EMPTY_PATH) == 0)
        return true;
    if (errno == EEXIST)
        return false;
    char path[sizeof "/proc/self/fd/" + MSHIM_DECIMAL_BYTES];
    struct mshim_text text = mshim_text_in(path, sizeof path);
    mshim_text_append(&text, "/proc/self/fd/");
    mshim_text_append_number(&text, (uint64_t)fd);
    return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW) == 0;
}

static bool link_as(int fd, int folder, const char *name) {
    return link_once(fd, folder, name) ||
           (errno == EEXIST && unlinkat(folder, name, 0) == 0 && link_once(fd, folder, name));
}

int mshim_stats_file_make(int folder, const char *name, const struct mshim_stats *stats, size_t whole_bytes,
                          size_t reserved_bytes, bool untimed) {
    int fd = mshim_open_at(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, MODE);
    if (fd >= 0) {
        if (fill(fd, stats, whole_bytes, reserved_bytes, untimed) && link_as(fd, folder, name))
            return fd;
        mshim_close(fd);
    }
    (void)unlinkat(folder, name, 0);
    fd = mshim_open_at(folder, name, HOW | O_CREAT | O_EXCL, MODE);
    if (fd < 0 || fill(fd, stats, whole_bytes, reserved_bytes, untimed))
        return fd;
    const int error = errno;
    (void)unlinkat(folder, name, 0);
    mshim_close(fd);
    errno = error;
    return -1;
}

static uint64_t number_at(const char *beginning, size_t offset) {
    uint64_t number;
    memcpy(&number, beginning + offset, sizeof number);
    return number;
}

uint64_t mshim_stats_file_former_parent(int folder, const char *name, uint64_t id) {
    char beginning[offsetof(struct mshim_stats, pid)];
    const int fd = mshim_open_at(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0)
        return 0;
    const ssize_t length = mshim_pread(fd, beginning, sizeof beginning, 0);
    mshim_close(fd);
    const bool is_former = length == sizeof beginning &&
                           number_at(beginning, offsetof(struct mshim_stats, magic)) == MSHIM_STATS_MAGIC &&
                           number_at(beginning, offsetof(struct mshim_stats, id)) == id;
    return is_former ? number_at(beginning, offsetof(struct mshim_stats, parent_id)) : 0;
}
