/* SPDX-License-Identifier: MIT */
#include "command/inspect/stats_file.h"

#include "command/inspect/process_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    HEAD_BYTES = offsetof(struct mshim_stats, size_bytes), /* in every format where they are here */
    FIRST_BYTES = offsetof(struct mshim_stats, records),
};

const char *mshim_life_name(enum mshim_life life) {
    static const char *const names[] = {"running", "ended", "died", "replaced"};
    return names[life];
}

int mshim_stats_open(int folder, const char *name, int flags, struct stat *file) {
    /* O_NONBLOCK: a pipe must not wait for its other end. */
    const int fd = openat(folder, name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (fstat(fd, file) != 0 || !S_ISREG(file->st_mode)) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

/* As many of the bytes as there are; -1 with errno. */
static ssize_t read_at(int fd, void *buffer, size_t count, size_t offset) {
    size_t done = 0;
    while (done < count) {
        const ssize_t got = pread(fd, (char *)buffer + done, count - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

bool mshim_stats_copy_make(struct mshim_stats_copy *copy) {
    /* Aligned as the struct says, or the compiler's assumptions about it would not hold. Large enough for all
     * records there can be: what is not read into is not resident. */
    enum { BYTES = sizeof(struct mshim_stats) + MSHIM_STATS_RECORDS * sizeof(struct mshim_stats_record) };
    copy->stats = aligned_alloc(MSHIM_MAX_PAGE_BYTES, (BYTES + MSHIM_MAX_PAGE_BYTES - 1) /
                                                          MSHIM_MAX_PAGE_BYTES * MSHIM_MAX_PAGE_BYTES);
    return copy->stats != NULL;
}

void mshim_stats_copy_free(struct mshim_stats_copy *copy) {
    free(copy->stats);
    copy->stats = NULL;
}

enum mshim_hold mshim_stats_hold(int fd) {
    if (flock(fd, LOCK_SH | LOCK_NB) == 0) {
        flock(fd, LOCK_UN);
        return MSHIM_HOLD_FREE;
    }
    return errno == EWOULDBLOCK ? MSHIM_HOLD_TAKEN : MSHIM_HOLD_UNKNOWN;
}

/* The process of a stats file that nobody holds and that has not ended has died, or is another program now.
 * Where the file system knows no locks a process of this id that started at this time shows that it runs. */
static enum mshim_life life_of(enum mshim_hold hold, const struct mshim_stats *stats) {
    if (hold == MSHIM_HOLD_TAKEN)
        return MSHIM_LIFE_RUNNING;
    if (stats->state == MSHIM_STATS_ENDED)
        return MSHIM_LIFE_ENDED;
    if (!mshim_process_owns_stats(stats, 0))
        return MSHIM_LIFE_DIED;
    return hold == MSHIM_HOLD_FREE ? MSHIM_LIFE_REPLACED : MSHIM_LIFE_RUNNING;
}

/* Names are of printable characters; the program's may be anything that is a text. */
static void end_texts(struct mshim_stats *stats) {
    char *const names[] = {stats->libc, stats->shim_version, stats->allocator, stats->allocator_version};
    const size_t sizes[] = {sizeof stats->libc, sizeof stats->shim_version, sizeof stats->allocator,
                            sizeof stats->allocator_version};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        names[i][sizes[i] - 1] = 0;
        for (char *at = names[i]; *at; at++)
            if (*at < '!' || *at > '~')
                *at = '?';
    }
    stats->program[sizeof stats->program - 1] = 0;
    stats->python[sizeof stats->python - 1] = 0;
    stats->options[sizeof stats->options - 1] = stats->options[sizeof stats->options - 2] = 0;
}

static enum mshim_stats_error check_head(const struct mshim_stats *stats, ssize_t bytes) {
    if (bytes < HEAD_BYTES || stats->magic != MSHIM_STATS_MAGIC)
        return MSHIM_STATS_IS_NONE;
    return stats->format == MSHIM_STATS_FORMAT ? MSHIM_STATS_READ : MSHIM_STATS_OTHER_FORMAT;
}

static enum mshim_stats_error check(const struct mshim_stats *stats, ssize_t bytes) {
    const enum mshim_stats_error error = check_head(stats, bytes);
    if (error != MSHIM_STATS_READ)
        return error;
    if (bytes < FIRST_BYTES || stats->size_bytes != sizeof *stats ||
        stats->record_bytes != sizeof(struct mshim_stats_record) ||
        stats->records_in_use > MSHIM_STATS_RECORDS)
        return MSHIM_STATS_DAMAGED;
    return MSHIM_STATS_READ;
}

/* Reads up to the end of `count` records that begin at `offset`; how many there are, -1 with errno. */
static ssize_t read_records(int fd, struct mshim_stats_record *records, size_t count, size_t offset) {
    const ssize_t got = read_at(fd, records, count * sizeof *records, offset);
    return got < 0 ? -1 : (ssize_t)((size_t)got / sizeof *records);
}

/* The records that the file says are in use, or as many of them as there are. */
static bool read_all_records(int fd, struct mshim_stats_copy *copy) {
    const uint32_t in_use = copy->stats->records_in_use;
    const uint32_t first = in_use < MSHIM_STATS_FIRST_RECORDS ? in_use : MSHIM_STATS_FIRST_RECORDS;
    struct mshim_stats_record *const more = (struct mshim_stats_record *)(copy->stats + 1);
    const ssize_t of_first =
        read_records(fd, copy->stats->records, first, offsetof(struct mshim_stats, records));
    const ssize_t of_more =
        of_first == (ssize_t)first ? read_records(fd, more, in_use - first, sizeof *copy->stats) : 0;
    if (of_first < 0 || of_more < 0)
        return false;
    copy->view.stats = copy->stats;
    copy->view.more = more;
    copy->view.records = (uint32_t)(of_first + of_more);
    copy->bytes = FIRST_BYTES + (uint64_t)copy->view.records * sizeof(struct mshim_stats_record);
    return true;
}

enum mshim_stats_error mshim_stats_read(int fd, struct mshim_stats_copy *copy) {
    ssize_t bytes = read_at(fd, copy->stats, HEAD_BYTES, 0);
    if (bytes < 0)
        return MSHIM_STATS_UNREADABLE;
    enum mshim_stats_error error = check_head(copy->stats, bytes);
    if (error != MSHIM_STATS_READ)
        return error;
    /* First whether it runs, then what it says: of one that ends in between that is its last word. */
    const enum mshim_hold hold = mshim_stats_hold(fd);
    bytes = read_at(fd, copy->stats, FIRST_BYTES, 0);
    if (bytes < 0)
        return MSHIM_STATS_UNREADABLE;
    error = check(copy->stats, bytes);
    if (error != MSHIM_STATS_READ)
        return error;
    if (!read_all_records(fd, copy))
        return MSHIM_STATS_UNREADABLE;
    copy->life = life_of(hold, copy->stats);
    end_texts(copy->stats);
    return MSHIM_STATS_READ;
}

void mshim_stats_explain(enum mshim_stats_error error, const struct mshim_stats_copy *copy, char *text,
                         size_t size) {
    switch (error) {
    case MSHIM_STATS_UNREADABLE:
        snprintf(text, size, "it cannot be read: %s", strerror(errno));
        break;
    case MSHIM_STATS_IS_NONE:
        snprintf(text, size, "it is no stats file of mshim");
        break;
    case MSHIM_STATS_OTHER_FORMAT:
        snprintf(text, size, "it is a stats file of format %u, and this mshim (%s) reads format %d",
                 (unsigned)copy->stats->format, MSHIM_VERSION, MSHIM_STATS_FORMAT);
        break;
    case MSHIM_STATS_DAMAGED:
        snprintf(text, size, "it is damaged: its sizes are not those of format %d", MSHIM_STATS_FORMAT);
        break;
    case MSHIM_STATS_READ:
        break;
    }
}
