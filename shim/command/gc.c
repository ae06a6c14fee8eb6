/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "command/inspect/process_facts.h"
#include "command/inspect/stats_file.h"
#include "command/inspect/stats_folder.h"
#include "command/inspect/stats_remove.h"
#include "command/stats_errors.h"
#include "shared/report/figures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long a process that starts may take to complete its stats file, which appears before that. */
enum { STARTING_SECONDS = 60 };

struct collection {
    struct mshim_stats_copy copy;
    size_t removed, running, failed;
    uint64_t removed_bytes;
};

/* Begun by a process that was killed before its stats file was complete: nothing has been written into it. */
static bool is_unfinished(int fd, const struct stat *file) {
    uint64_t magic = 0;
    return pread(fd, &magic, sizeof magic, 0) >= 0 && magic == 0 &&
           file->st_mtime < time(NULL) - STARTING_SECONDS;
}

/* Does nobody write into this stats file any more? The lock goes with the image of the process, also where
 * that became another program by exec. Where the filesystem knows no locks the process must be one that would
 * be seen from here, and not be there. */
static bool is_over(int fd, const struct mshim_stats_copy *copy) {
    if (copy->life == MSHIM_LIFE_RUNNING)
        return false;
    switch (mshim_stats_hold(fd)) {
    case MSHIM_HOLD_FREE:
        return true;
    case MSHIM_HOLD_TAKEN:
        return false;
    case MSHIM_HOLD_UNKNOWN:
        break;
    }
    return copy->stats->start_ticks != 0 && mshim_process_other_namespace(copy->stats) == MSHIM_ABSENT &&
           !mshim_process_owns_stats(copy->stats, 0);
}

/* Why this file may go; NULL where it stays. */
static const char *reason_to_remove(int fd, const struct stat *file, struct collection *collection) {
    const struct mshim_stats_copy *const copy = &collection->copy;
    const enum mshim_stats_error error = mshim_stats_read(fd, &collection->copy);
    if (error == MSHIM_STATS_UNREADABLE)
        return NULL;
    if (error == MSHIM_STATS_READ) {
        const bool over = is_over(fd, copy);
        collection->running += !over;
        return over ? mshim_life_name(copy->life) : NULL;
    }
    /* One that is being made is left alone, lock and all. */
    if (error == MSHIM_STATS_IS_NONE && !is_unfinished(fd, file))
        return NULL;
    if (mshim_stats_hold(fd) != MSHIM_HOLD_FREE)
        return NULL;
    if (error == MSHIM_STATS_IS_NONE)
        return "unfinished";
    return error == MSHIM_STATS_OTHER_FORMAT ? "of another version" : "damaged";
}

static void remove_file(const struct mshim_stats_place *place, const struct stat *file, const char *reason,
                        struct collection *collection) {
    const int error = mshim_stats_remove(place->folder, place->name, file);
    if (error == ENOENT)
        return;
    if (error) {
        mshim_message("cannot remove %s/%s: %s", place->path, place->name, strerror(error));
        collection->failed++;
        return;
    }
    const uint64_t bytes = (uint64_t)file->st_blocks * 512;
    mshim_print("removed %s/%s (%s, %s)", place->path, place->name, reason, mshim_figure_bytes(bytes).text);
    collection->removed++;
    collection->removed_bytes += bytes;
}

static bool visit_file(const struct mshim_stats_place *place, void *context) {
    struct collection *const collection = context;
    struct stat file;
    const int fd = mshim_stats_open(place->folder, place->name, O_RDONLY, &file);
    if (fd < 0)
        return true;
    const char *const reason = reason_to_remove(fd, &file, collection);
    if (reason)
        remove_file(place, &file, reason, collection);
    close(fd);
    return true;
}

int mshim_command_gc(int argc, char **argv) {
    struct collection collection = {.removed = 0};
    const struct mshim_stats_visitor visitor = {
        .file = visit_file, .context = &collection, .complain = mshim_stats_complain};
    int status;
    if (!mshim_no_arguments(argc, argv, &status))
        return status;
    if (!mshim_stats_copy_make(&collection.copy) || !mshim_stats_files_visit(&visitor))
        status = mshim_stats_failed();
    else
        mshim_print("%zu removed from %s, %s; %zu of running processes stay", collection.removed,
                    mshim_stats_root(), mshim_figure_bytes(collection.removed_bytes).text,
                    collection.running);
    mshim_stats_copy_free(&collection.copy);
    return collection.failed > 0 ? MSHIM_NO : status;
}
