/* SPDX-License-Identifier: MIT */
#include "command/page_find.h"

#include "command/page_folder.h"
#include "command/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The page that a line of /proc/PID/maps names, as the process sees it, which may be in a container. One that
 * was deleted is not to be had. */
static int open_mapped(pid_t pid, const char *line, int flags) {
    char path[PATH_MAX + 64];
    struct stat file;
    const char *const inside = strchr(line, '/');
    const size_t length = inside ? strcspn(inside, "\n") : 0;
    if (length < 5 || strncmp(inside + length - 5, ".page", 5) != 0 || !strstr(inside, "/mshim-"))
        return -1;
    snprintf(path, sizeof path, "/proc/%ld/root%.*s", (long)pid, (int)length, inside);
    return mshim_page_open(AT_FDCWD, path, flags, &file);
}

static int find_mapped(pid_t pid, int flags) {
    char path[64], *line = NULL;
    size_t room = 0;
    int fd = -1;
    snprintf(path, sizeof path, "/proc/%ld/maps", (long)pid);
    FILE *const maps = fopen(path, "re");
    while (maps && fd < 0 && getline(&line, &room, maps) > 0)
        fd = open_mapped(pid, line, flags);
    free(line);
    if (maps)
        fclose(maps);
    return fd;
}

struct search {
    pid_t pid;
    int flags, fd;
    uint64_t started_unix_ns;
    struct mshim_page_copy *copy;
};

static bool look(const struct mshim_page_place *place, void *context) {
    struct search *const search = context;
    struct stat file;
    if (strtol(place->name, NULL, 10) != search->pid)
        return true;
    const int fd = mshim_page_open(place->folder, place->name, search->flags, &file);
    if (fd < 0)
        return true;
    if (mshim_page_read(fd, search->copy) != MSHIM_PAGE_READ ||
        (search->fd >= 0 && search->copy->page->started_unix_ns < search->started_unix_ns)) {
        close(fd);
        return true;
    }
    if (search->fd >= 0)
        close(search->fd);
    search->fd = fd;
    search->started_unix_ns = search->copy->page->started_unix_ns;
    return true;
}

static void explain(pid_t pid, char *why, size_t size) {
    struct mshim_marker marker;
    const int error = mshim_process_marker(pid, &marker);
    if (error == ESRCH)
        snprintf(why, size, "there is no such process, and it has left no page in %s", mshim_page_root());
    else if (error)
        snprintf(why, size, "it may not be looked at (%s), and it has no page in %s", strerror(error),
                 mshim_page_root());
    else if (!marker.found)
        mshim_process_explain(pid, &marker, why, size);
    else if (!marker.served)
        snprintf(why, size, "the shim has stepped aside in it (%s)", marker.why);
    else
        mshim_marker_explain_page(&marker, why, size);
}

int mshim_page_find(pid_t pid, int flags, struct mshim_page_copy *copy, char *why, size_t size) {
    struct search search = {.pid = pid, .flags = flags, .fd = find_mapped(pid, flags), .copy = copy};
    copy->pid_here = search.fd >= 0 ? pid : 0;
    if (search.fd < 0)
        mshim_pages_visit(look, &search);
    if (search.fd < 0)
        explain(pid, why, size);
    return search.fd;
}
