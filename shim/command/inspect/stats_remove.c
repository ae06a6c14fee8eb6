/* SPDX-License-Identifier: MIT */
#include "command/inspect/stats_remove.h"

#include "shared/stats/name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_same(int folder, const char *name, const struct stat *file) {
    struct stat now;
    return fstatat(folder, name, &now, AT_SYMLINK_NOFOLLOW) == 0 && now.st_ino == file->st_ino;
}

/* "17-ab.page" is set aside as "17-ab0.page": a name that gc finds again, in case that this command is
 * killed. */
static void make_name_aside(char aside[NAME_MAX + 2], const char *name) {
    const size_t stem = strlen(name) - strlen(MSHIM_STATS_NAME_ENDING);
    snprintf(aside, NAME_MAX + 2, "%.*s0" MSHIM_STATS_NAME_ENDING, (int)stem, name);
}

/* Unless its process has made one more meanwhile. Where that cannot be done it stays aside, and is found. */
static void put_back(int folder, const char *aside, const char *name) {
    if (linkat(folder, aside, folder, name, 0) == 0 || errno == EEXIST)
        (void)unlinkat(folder, aside, 0);
}

int mshim_stats_remove(int folder, const char *name, const struct stat *file) {
    char aside[NAME_MAX + 2];
    if (!is_same(folder, name, file))
        return ENOENT;
    make_name_aside(aside, name);
    if (renameat(folder, name, folder, aside) != 0)
        return errno;
    if (!is_same(folder, aside, file)) {
        put_back(folder, aside, name);
        return ENOENT;
    }
    return unlinkat(folder, aside, 0) == 0 ? 0 : errno;
}
