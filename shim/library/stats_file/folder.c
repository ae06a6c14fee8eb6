/* SPDX-License-Identifier: MIT */
#include "library/stats_file/folder.h"

#include "shared/base/decimal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char prefix[] = "mshim-";

const char *mshim_folder_why(int error) {
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return "full";
    case EROFS:
        return "read-only";
    case EACCES:
    case EPERM:
        return "no-permission";
    case ENOENT:
    case ENOTDIR:
        return "missing";
    case EFBIG:
        return "file-size-limit";
    case EMFILE:
    case ENFILE:
        return "no-descriptor";
    default:
        return "no-file";
    }
}

static bool is_private(int folder, uid_t user) {
    struct stat status;
    return fstat(folder, &status) == 0 && status.st_uid == user && (status.st_mode & 077) == 0;
}

int mshim_folder_open(const char *dir, uid_t user, bool make, const char **why) {
    enum { HOW = O_RDONLY | O_DIRECTORY | O_CLOEXEC };
    char name[sizeof prefix + MSHIM_DECIMAL_BYTES], digits[MSHIM_DECIMAL_BYTES];
    strcat(memcpy(name, prefix, sizeof prefix), mshim_decimal(user, digits));
    const int parent = open(dir, HOW);
    if (parent < 0) {
        *why = mshim_folder_why(errno);
        return -1;
    }
    int folder = openat(parent, name, HOW | O_NOFOLLOW);
    if (folder < 0 && errno == ENOENT && make && (mkdirat(parent, name, 0700) == 0 || errno == EEXIST))
        folder = openat(parent, name, HOW | O_NOFOLLOW);
    if (folder < 0)
        *why = errno == ELOOP || errno == ENOTDIR ? "not-ours" : mshim_folder_why(errno);
    close(parent);
    if (folder >= 0 && !is_private(folder, user)) {
        close(folder);
        *why = "not-ours";
        return -1;
    }
    return folder;
}
