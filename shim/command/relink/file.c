/* SPDX-License-Identifier: MIT */
#include "command/relink/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file is held in memory twice, and is no library of code if it is larger. */
enum { MAX_BYTES = 1 << 30 };

bool mshim_file_same(const struct stat *one, const struct stat *other) {
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino && one->st_size == other->st_size &&
           one->st_mtim.tv_sec == other->st_mtim.tv_sec && one->st_mtim.tv_nsec == other->st_mtim.tv_nsec &&
           one->st_ctim.tv_sec == other->st_ctim.tv_sec && one->st_ctim.tv_nsec == other->st_ctim.tv_nsec;
}

static bool read_all(struct mshim_file *file, struct mshim_reason *reason) {
    struct stat after;
    while (file->size < (size_t)file->status.st_size) {
        const ssize_t part = pread(file->fd, file->bytes + file->size,
                                   (size_t)file->status.st_size - file->size, (off_t)file->size);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return mshim_refuse(reason, "%s", strerror(errno));
        if (part == 0)
            break;
        file->size += (size_t)part;
    }
    if (fstat(file->fd, &after) != 0 || file->size != (size_t)after.st_size ||
        !mshim_file_same(&file->status, &after))
        return mshim_refuse(reason, "it changes while it is read");
    return true;
}

bool mshim_file_read(struct mshim_file *file, const char *path, struct mshim_reason *reason) {
    *file = (struct mshim_file){.fd = -1};
    if (!realpath(path, file->path))
        return mshim_refuse(reason, "%s", strerror(errno));
    file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->fd < 0 || fstat(file->fd, &file->status) != 0)
        return mshim_refuse(reason, "%s", strerror(errno));
    if (!S_ISREG(file->status.st_mode))
        return mshim_refuse(reason, "it is not a regular file");
    if (file->status.st_size == 0)
        return mshim_refuse(reason, "it is empty");
    if (file->status.st_size > MAX_BYTES)
        return mshim_refuse(reason, "it is larger than %d MiB", MAX_BYTES >> 20);
    file->bytes = malloc((size_t)file->status.st_size);
    return file->bytes ? read_all(file, reason) : mshim_refuse(reason, "not enough memory");
}

void mshim_file_close(struct mshim_file *file) {
    if (file->fd >= 0)
        close(file->fd);
    free(file->bytes);
    *file = (struct mshim_file){.fd = -1};
}
