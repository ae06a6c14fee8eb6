/* SPDX-License-Identifier: MIT */
#include "command/inspect/stats_find.h"

#include "command/inspect/proc_stat.h"
#include "command/inspect/process.h"
#include "command/inspect/process_facts.h"
#include "command/inspect/stats_folder.h"
#include "command/inspect/stats_identity.h"
#include "shared/stats/name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* That are looked at in one folder. */
enum { MAX_FILES = 65536 };

struct search {
    uint64_t pid;   /* as it stands in the stats file */
    pid_t pid_here; /* of the process that must be its own; 0: any */
    bool exists;    /* a process of this id runs here */
    int flags, fd;
    uint64_t started_unix_ns;
    struct mshim_stats_copy *copy;
};

/* Where it was looked for everywhere: of a process that runs it must be that one's; a dead one is taken at
 * its word, unless another process has its id. */
static bool may_be_of(const struct search *search, const struct stat *file) {
    const struct mshim_stats *const stats = search->copy->stats;
    if (file->st_nlink > 1 || mshim_stats_identify(search->copy, file) == MSHIM_IDENTITY_FALSE)
        return false;
    return !search->exists ||
           (mshim_process_other_namespace(stats) == MSHIM_ABSENT && mshim_process_owns_stats(stats, 0));
}

/* Is it the stats file of the process that is looked for, and newer than what was found before? */
static bool is_wanted(const struct search *search, const struct stat *file) {
    const struct mshim_stats_copy *const copy = search->copy;
    if (copy->stats->pid != search->pid)
        return false;
    if (search->pid_here == 0
            ? !may_be_of(search, file)
            : copy->life != MSHIM_LIFE_RUNNING || !mshim_process_owns_stats(copy->stats, search->pid_here) ||
                  !mshim_stats_is_of(file, search->pid_here))
        return false;
    return search->fd < 0 || copy->stats->started_unix_ns >= search->started_unix_ns;
}

static bool look(const struct mshim_stats_place *place, void *context) {
    struct search *const search = context;
    struct stat file;
    uint64_t pid;
    if (!mshim_stats_name_parse(place->name, &pid) || pid != search->pid)
        return true;
    const int fd = mshim_stats_open(place->folder, place->name, search->flags, &file);
    if (fd < 0)
        return true;
    if (mshim_stats_read(fd, search->copy) != MSHIM_STATS_READ || !is_wanted(search, &file)) {
        close(fd);
        return true;
    }
    if (search->fd >= 0)
        close(search->fd);
    search->fd = fd;
    search->started_unix_ns = search->copy->stats->started_unix_ns;
    return true;
}

/* The folder of the stats file that the process has mapped, by a path that leads there from here: the process
 * may be in a container. False: it has none. */
static bool folder_of(pid_t pid, char *folder, size_t size) {
    char path[64], *line = NULL;
    size_t capacity = 0, length = 0;
    snprintf(path, sizeof path, "/proc/%ld/maps", (long)pid);
    FILE *const maps = fopen(path, "re");
    while (maps && length == 0 && getline(&line, &capacity, maps) > 0) {
        const char *const inside = strchr(line, '/');
        length = inside ? mshim_stats_folder_length(inside) : 0;
        if (length > 0)
            snprintf(folder, size, "/proc/%ld/root%.*s", (long)pid, (int)length, inside);
    }
    free(line);
    if (maps)
        fclose(maps);
    return length > 0;
}

static void look_where_mapped(pid_t pid, struct search *search) {
    char folder[PATH_MAX + 64];
    if (!folder_of(pid, folder, sizeof folder))
        return;
    search->pid = mshim_process_inner_pid(pid);
    search->pid_here = pid;
    const struct mshim_stats_visitor visitor = {.file = look, .context = search, .max_files = MAX_FILES};
    mshim_stats_folder_visit(folder, &visitor);
    search->copy->pid_here = search->fd >= 0 ? pid : 0;
}

static void look_in_own_folders(pid_t pid, struct search *search, void (*complain)(const char *text)) {
    const struct mshim_stats_visitor visitor = {
        .file = look, .context = search, .complain = complain, .max_files = MAX_FILES};
    struct mshim_proc_stat stat;
    search->pid = (uint64_t)pid;
    search->pid_here = 0;
    search->exists = mshim_proc_stat_read(&stat, pid) && !stat.has_ended;
    mshim_stats_files_visit(&visitor);
}

static void explain(pid_t pid, char *why, size_t size) {
    struct mshim_marker marker;
    const int error = mshim_process_marker(pid, &marker);
    if (error == ESRCH)
        snprintf(why, size, "there is no such process, and it has left no stats file in %s",
                 mshim_stats_root());
    else if (error)
        snprintf(why, size, "it may not be inspected (%s), and it has no stats file in %s", strerror(error),
                 mshim_stats_root());
    else if (!marker.found)
        mshim_process_explain(pid, &marker, why, size);
    else if (!marker.active)
        mshim_marker_explain_inactive(&marker, why, size);
    else if (mshim_marker_explain_stats(&marker, why, size))
        snprintf(why, size, "its stats file may not be read");
}

int mshim_stats_find(pid_t pid, int flags, struct mshim_stats_copy *copy, void (*complain)(const char *text),
                     char *why, size_t size) {
    struct search search = {.flags = flags, .fd = -1, .copy = copy};
    copy->pid_here = 0;
    look_where_mapped(pid, &search);
    if (search.fd < 0)
        look_in_own_folders(pid, &search, complain);
    if (search.fd < 0)
        explain(pid, why, size);
    return search.fd;
}
