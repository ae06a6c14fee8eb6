/* SPDX-License-Identifier: MIT */
#include "command/launch/search.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char usual_path[] = "/usr/local/bin:/bin:/usr/bin";

int mshim_executable(const char *file) {
    struct stat status;
    if (stat(file, &status) != 0)
        return errno;
    if (!S_ISREG(status.st_mode))
        return EACCES;
    return access(file, X_OK) == 0 ? 0 : errno;
}

int mshim_search(char file[PATH_MAX], const char *command, const char *path) {
    if (strlen(command) >= PATH_MAX)
        return ENAMETOOLONG;
    snprintf(file, PATH_MAX, "%s", command);
    if (*command == 0)
        return ENOENT;
    if (strchr(command, '/'))
        return mshim_executable(file);
    int error = ENOENT;
    for (const char *at = path ? path : usual_path;; at++) {
        const size_t length = strcspn(at, ":");
        const char *slash = length > 0 ? "/" : "";
        if (snprintf(file, PATH_MAX, "%.*s%s%s", (int)length, at, slash, command) < PATH_MAX) {
            const int failed = mshim_executable(file);
            if (failed == 0)
                return 0;
            if (failed != ENOENT && failed != ENOTDIR)
                error = failed;
        }
        at += length;
        if (*at == 0)
            break;
    }
    snprintf(file, PATH_MAX, "%s", command);
    return error;
}

/* Does the file carry capabilities that somebody who is not root would gain? */
static int has_capabilities(const char *file) {
    uint32_t capabilities[6] = {
        0}; /* struct vfs_ns_cap_data, little endian: magic, then permitted, inheritable, … */
    const ssize_t size = getxattr(file, "security.capability", capabilities, sizeof capabilities);
    const uint32_t effective = 1;
    return size >= 12 && ((capabilities[0] & effective) || capabilities[1] || capabilities[3]);
}

const char *mshim_secure_because(const char *file) {
    struct stat status;
    struct statvfs mount;
    if (stat(file, &status) != 0 || (statvfs(file, &mount) == 0 && (mount.f_flag & ST_NOSUID)) ||
        prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        status.st_mode = 0; /* the bits do not count */
    const uid_t user = status.st_mode & S_ISUID ? status.st_uid : geteuid();
    const mode_t set_group = S_ISGID | S_IXGRP;
    const gid_t group = (status.st_mode & set_group) == set_group ? status.st_gid : getegid();
    if (user != getuid())
        return "set-user-ID";
    if (group != getgid())
        return "set-group-ID";
    return status.st_mode != 0 && getuid() != 0 && has_capabilities(file) ? "file capabilities" : NULL;
}
