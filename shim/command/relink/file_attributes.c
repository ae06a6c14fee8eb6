/* SPDX-License-Identifier: MIT */
#include "command/relink/file_attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MAX_BYTES = 65536 }; /* the kernel's limit for a list and for a value */

static bool is_forbidden(int error) {
    return error == EPERM || error == EACCES || error == ENOTSUP;
}

/* Does not set what has that value already, such as a security label that the folder's files get anyway. */
static bool copy_one(int to, int from, const char *name, bool all, struct mshim_reason *reason) {
    static char value[MAX_BYTES], present[MAX_BYTES];
    const ssize_t size = fgetxattr(from, name, value, sizeof value);
    if (size < 0)
        return errno == ENODATA ||
               mshim_refuse(reason, "its extended attribute %s cannot be read: %s", name, strerror(errno));
    if (fgetxattr(to, name, present, sizeof present) == size && memcmp(value, present, (size_t)size) == 0)
        return true;
    return fsetxattr(to, name, value, (size_t)size, 0) == 0 || (!all && is_forbidden(errno)) ||
           mshim_refuse(reason, "its extended attribute %s cannot be kept: %s", name, strerror(errno));
}

static bool copy_extended(int to, int from, bool all, struct mshim_reason *reason) {
    static char names[MAX_BYTES];
    const ssize_t size = flistxattr(from, names, sizeof names);
    if (size < 0)
        return errno == ENOTSUP || errno == ENOSYS ||
               mshim_refuse(reason, "its extended attributes cannot be read: %s", strerror(errno));
    for (const char *name = names; name < names + size; name += strlen(name) + 1)
        if (!copy_one(to, from, name, all, reason))
            return false;
    return true;
}

static bool copy_owner(int to, const struct stat *status) {
    struct stat present;
    return (fstat(to, &present) == 0 && present.st_uid == status->st_uid &&
            present.st_gid == status->st_gid) ||
           fchown(to, status->st_uid, status->st_gid) == 0;
}

bool mshim_file_attributes_copy(int to, int from, const struct stat *status, bool all,
                                struct mshim_reason *reason) {
    const struct timespec times[] = {status->st_atim, status->st_mtim};
    mode_t mode = status->st_mode & 07777;
    if (!copy_owner(to, status)) {
        if (all || !is_forbidden(errno))
            return mshim_refuse(reason, "its owner (%lu:%lu) cannot be kept: %s",
                                (unsigned long)status->st_uid, (unsigned long)status->st_gid,
                                strerror(errno));
        mode &= 0777;
    }
    if (fchmod(to, mode) != 0)
        return mshim_refuse(reason, "its mode (%o) cannot be kept: %s", (unsigned)mode, strerror(errno));
    if (!copy_extended(to, from, all, reason))
        return false;
    return futimens(to, times) == 0 || mshim_refuse(reason, "its times cannot be kept: %s", strerror(errno));
}
