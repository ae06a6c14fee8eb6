/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_COMMAND_INSPECT_STATS_FILE_H
#define MSHIM_COMMAND_INSPECT_STATS_FILE_H

/*
 * Reading one stats file (mshim/stats.h). It may be anything: it is copied once, with its sizes checked and
 * its texts ended, and only the copy is used.
 */

#include "shared/stats/sum.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

enum mshim_life {
    MSHIM_LIFE_RUNNING,
    MSHIM_LIFE_ENDED,    /* in good order */
    MSHIM_LIFE_DIED,     /* without having said so */
    MSHIM_LIFE_REPLACED, /* by exec */
};

/* "running", "ended", "died", "replaced". */
const char *mshim_life_name(enum mshim_life life);

struct mshim_stats_copy {
    struct mshim_stats_view view; /* what mshim_stats_sum takes */
    enum mshim_life life;
    struct mshim_stats *stats;
    uint64_t bytes; /* that were read */
    pid_t pid_here; /* what its process is called here, where that was found out otherwise; else 0 */
};

enum mshim_stats_error {
    MSHIM_STATS_READ,
    MSHIM_STATS_UNREADABLE,   /* errno says why */
    MSHIM_STATS_IS_NONE,      /* something else, or not complete */
    MSHIM_STATS_OTHER_FORMAT, /* `stats->format` is set */
    MSHIM_STATS_DAMAGED,      /* it contradicts itself */
};

/* Opens what may be a stats file: a regular file that is no symbolic link, so that nothing waits. `flags`:
 * O_RDONLY or O_RDWR. The descriptor, or -1 with errno. */
int mshim_stats_open(int folder, const char *name, int flags, struct stat *file);

/* A process holds a lock on its stats file for as long as it lives. */
enum mshim_hold { MSHIM_HOLD_FREE, MSHIM_HOLD_TAKEN, MSHIM_HOLD_UNKNOWN };
enum mshim_hold mshim_stats_hold(int fd);

/* Allocates what stats files are read into, one after the other. False without memory. */
bool mshim_stats_copy_make(struct mshim_stats_copy *copy);
void mshim_stats_copy_free(struct mshim_stats_copy *copy);

enum mshim_stats_error mshim_stats_read(int fd, struct mshim_stats_copy *copy);

/* Why it could not be read, as a sentence without its full stop. */
void mshim_stats_explain(enum mshim_stats_error error, const struct mshim_stats_copy *copy, char *text,
                         size_t size);

#endif
