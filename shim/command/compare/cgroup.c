/* SPDX-License-Identifier: MIT */
#include "command/compare/cgroup.h"
#include "shared/base/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { REMOVE_TRIES = 200, REMOVE_WAIT_NS = 5000000 };

static bool read_text(const char *folder, const char *name, char *text, size_t size) {
    char path[2 * PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return mshim_read_file(path, text, size);
}

static bool write_text(const char *folder, const char *name, const char *text) {
    char path[2 * PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const bool well = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return well;
}

/* Where version 2 is mounted: "31 23 0:26 / /sys/fs/cgroup rw,… - cgroup2 …" */
static bool find_mount(char *mount, size_t size) {
    char *line = NULL;
    size_t capacity = 0;
    bool found = false;
    FILE *const file = fopen("/proc/self/mountinfo", "re");
    while (file && !found && getline(&line, &capacity, file) > 0) {
        char root[PATH_MAX], at[PATH_MAX];
        if (strstr(line, " - cgroup2 ") && sscanf(line, "%*d %*d %*s %4095s %4095s", root, at) == 2 &&
            strcmp(root, "/") == 0) {
            snprintf(mount, size, "%s", at);
            found = true;
        }
    }
    free(line);
    if (file)
        fclose(file);
    return found;
}

/* The group that this process is in: "0::/user.slice" */
static bool find_own(char *own, size_t size) {
    char line[PATH_MAX];
    bool found = false;
    FILE *const file = fopen("/proc/self/cgroup", "re");
    while (file && !found && fgets(line, sizeof line, file))
        if (strncmp(line, "0::/", 4) == 0) {
            line[strcspn(line, "\n")] = 0;
            snprintf(own, size, "%s", line + 3);
            found = true;
        }
    if (file)
        fclose(file);
    return found;
}

static bool has_limits(const char *folder) {
    static const char *const limits[] = {"memory.max", "memory.high", "memory.swap.max", "pids.max",
                                         "cpu.max"};
    char text[64];
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (read_text(folder, limits[i], text, sizeof text) && strncmp(text, "max", 3) != 0)
            return true;
    return false;
}

static bool make_below(struct mshim_cgroup *group, const char *folder) {
    static unsigned number;
    char text[64];
    if (snprintf(group->path, sizeof group->path, "%s/mshim-compare-%ld-%u", folder, (long)getpid(),
                 number++) >= (int)sizeof group->path ||
        mkdir(group->path, 0755) != 0) {
        group->path[0] = 0;
        return false;
    }
    if (read_text(group->path, "memory.peak", text, sizeof text))
        return true;
    mshim_cgroup_remove(group);
    return false;
}

bool mshim_cgroup_make(struct mshim_cgroup *group) {
    char mount[PATH_MAX], own[PATH_MAX], folder[2 * PATH_MAX];
    group->path[0] = 0;
    if (!find_mount(mount, sizeof mount) || !find_own(own, sizeof own))
        return false;
    snprintf(folder, sizeof folder, "%s%s", mount, strcmp(own, "/") == 0 ? "" : own);
    if (make_below(group, folder))
        return true;
    char *const slash = strrchr(folder, '/');
    if (strcmp(own, "/") == 0 || !slash || has_limits(folder))
        return false;
    *slash = 0;
    return make_below(group, folder);
}

bool mshim_cgroup_enter(const struct mshim_cgroup *group, pid_t pid) {
    char text[24];
    snprintf(text, sizeof text, "%ld", (long)pid);
    return write_text(group->path, "cgroup.procs", text);
}

static double read_bytes(const struct mshim_cgroup *group, const char *name) {
    char text[64];
    return read_text(group->path, name, text, sizeof text) ? strtod(text, NULL) : NAN;
}

double mshim_cgroup_peak(const struct mshim_cgroup *group) {
    return read_bytes(group, "memory.peak");
}

double mshim_cgroup_current(const struct mshim_cgroup *group) {
    return read_bytes(group, "memory.current");
}

void mshim_cgroup_remove(struct mshim_cgroup *group) {
    write_text(group->path, "cgroup.kill", "1");
    for (int i = 0; rmdir(group->path) != 0 && errno == EBUSY && i < REMOVE_TRIES; i++)
        nanosleep(&(struct timespec){0, REMOVE_WAIT_NS}, NULL);
    group->path[0] = 0;
}
