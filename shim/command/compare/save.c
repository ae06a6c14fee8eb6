/* SPDX-License-Identifier: MIT */
#include "command/compare/save.h"
#include "shared/base/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct content {
    mshim_save_writer *write;
    const char *json;
    size_t length;
};

bool mshim_save_json(int fd, const char *json, size_t length) {
    struct mshim_writer writer = {.fd = fd};
    mshim_write_bytes(&writer, json, length);
    return mshim_writer_flush(&writer);
}

/* Writes and closes; errno is that of what failed first. */
static bool fill(int fd, const struct content *content) {
    const bool written = content->write(fd, content->json, content->length);
    const int error = errno;
    if (close(fd) != 0 && written)
        return false;
    errno = error;
    return written;
}

static bool fill_new(char *temporary, const char *path, const struct content *content) {
    const mode_t mask = umask(0);
    umask(mask);
    const int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fchmod(fd, 0666 & ~mask) == 0 && fill(fd, content) && rename(temporary, path) == 0)
        return true;
    const int error = errno;
    unlink(temporary);
    errno = error;
    return false;
}

bool mshim_save(const char *path, mshim_save_writer *write, const char *json, size_t length) {
    const struct content content = {write, json, length};
    char *const whole = realpath(path, NULL), *temporary = NULL;
    const char *const target = whole ? whole : path;
    struct stat status;
    bool well = false;
    if (stat(target, &status) == 0 && !S_ISREG(status.st_mode)) {
        const int fd = open(target, O_WRONLY | O_CLOEXEC);
        well = fd >= 0 && fill(fd, &content);
    } else if (asprintf(&temporary, "%s.XXXXXX", target) > 0) {
        well = fill_new(temporary, target, &content);
    }
    const int error = errno;
    free(temporary);
    free(whole);
    errno = error;
    return well;
}
