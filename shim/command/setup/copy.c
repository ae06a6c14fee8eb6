/* SPDX-License-Identifier: MIT */
#include "command/setup/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 65536 };

static bool write_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        const ssize_t wrote = write(fd, bytes, count);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        bytes += wrote;
        count -= (size_t)wrote;
    }
    return true;
}

static bool copy_content(int from, int to) {
    char chunk[CHUNK_BYTES];
    for (;;) {
        const ssize_t got = read(from, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        if (!write_all(to, chunk, (size_t)got))
            return false;
    }
}

/* A new file beside `to`, with its path in `path`; -1 with errno. One that was left by an interrupted call is
 * replaced. */
static int open_beside(const char *to, char path[PATH_MAX]) {
    const char *const slash = strrchr(to, '/'), *const name = slash ? slash + 1 : to;
    if (snprintf(path, PATH_MAX, "%.*s.%s.mshim-new", (int)(name - to), to, name) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    (void)unlink(path);
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

/* Ends what open_beside began: the file gets its name, or goes. `well` is what came of writing it, with
 * errno. */
static bool put_in_place(int fd, const char *path, const char *to, mode_t mode, bool well) {
    well = well && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && well) {
        well = false;
        error = errno;
    }
    if (well && rename(path, to) == 0)
        return true;
    error = well ? errno : error;
    unlink(path);
    errno = error;
    return false;
}

bool mshim_copy_file(const char *from, const char *to, mode_t mode) {
    char path[PATH_MAX];
    const int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0)
        return false;
    const int fd = open_beside(to, path);
    const bool done = fd >= 0 && put_in_place(fd, path, to, mode, copy_content(source, fd));
    const int error = errno;
    close(source);
    errno = error;
    return done;
}

bool mshim_write_file(const char *to, const char *text, mode_t mode) {
    char path[PATH_MAX];
    const int fd = open_beside(to, path);
    return fd >= 0 && put_in_place(fd, path, to, mode, write_all(fd, text, strlen(text)));
}

bool mshim_make_folders(const char *path) {
    char part[PATH_MAX];
    struct stat status;
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = 0;
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return false;
        if (!slash)
            break;
        *slash = '/';
    }
    if (stat(path, &status) != 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(status.st_mode);
}

bool mshim_is_same_file(const char *one, const char *other) {
    struct stat first, second;
    return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}
