/* SPDX-License-Identifier: MIT */
#include "library/stats_file/folder.h"

#include "shared/base/system_calls.h"
#include "shared/base/text.h"
#include "shared/stats/name.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum mshim_stats_reason mshim_folder_reason(int error) {
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return MSHIM_STATS_REASON_FULL;
    case EROFS:
        return MSHIM_STATS_REASON_READ_ONLY;
    case EACCES:
    case EPERM:
        return MSHIM_STATS_REASON_NO_PERMISSION;
    case ENOENT:
    case ENOTDIR:
        return MSHIM_STATS_REASON_MISSING;
    case EFBIG:
        return MSHIM_STATS_REASON_FILE_SIZE_LIMIT;
    case EMFILE:
    case ENFILE:
        return MSHIM_STATS_REASON_NO_DESCRIPTOR;
    default:
        return MSHIM_STATS_REASON_NO_FILE;
    }
}

static bool is_private(int folder, uid_t user) {
    struct stat status;
    return fstat(folder, &status) == 0 && status.st_uid == user && (status.st_mode & 077) == 0;
}

static int folder_if_private(int folder, uid_t user, enum mshim_stats_reason *reason) {
    if (is_private(folder, user))
        return folder;
    mshim_close(folder);
    *reason = MSHIM_STATS_REASON_NOT_OURS;
    return -1;
}

enum { HOW = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

/* As a rule it is there. */
static int open_at_once(const char *dir, const char *name) {
    char path[2048];
    struct mshim_text text = mshim_text_in(path, sizeof path);
    mshim_text_append(&text, dir);
    mshim_text_append(&text, "/");
    mshim_text_append(&text, name);
    return text.truncated ? -1 : mshim_open(path, HOW | O_NOFOLLOW, 0);
}

int mshim_folder_open(const char *dir, uid_t user, bool make, enum mshim_stats_reason *reason) {
    char name[MSHIM_STATS_FOLDER_NAME_BYTES];
    mshim_stats_folder_name(user, name);
    int folder = open_at_once(dir, name);
    if (folder >= 0)
        return folder_if_private(folder, user, reason);
    const int parent = mshim_open(dir, HOW, 0);
    if (parent < 0) {
        *reason = mshim_folder_reason(errno);
        return -1;
    }
    folder = mshim_open_at(parent, name, HOW | O_NOFOLLOW, 0);
    if (folder < 0 && errno == ENOENT && make && (mkdirat(parent, name, 0700) == 0 || errno == EEXIST))
        folder = mshim_open_at(parent, name, HOW | O_NOFOLLOW, 0);
    if (folder < 0)
        *reason =
            errno == ELOOP || errno == ENOTDIR ? MSHIM_STATS_REASON_NOT_OURS : mshim_folder_reason(errno);
    mshim_close(parent);
    return folder >= 0 ? folder_if_private(folder, user, reason) : -1;
}
