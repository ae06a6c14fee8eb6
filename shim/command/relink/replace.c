/* SPDX-License-Identifier: MIT */
#include "command/relink/replace.h"
#include "command/relink/file_attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* The file of the new contents, until it is renamed. */
struct draft {
    char path[PATH_MAX], folder[PATH_MAX];
    int fd;
};

static const int fatal_signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
enum { FATAL_SIGNALS = sizeof fatal_signals / sizeof *fatal_signals };

/* What a fatal signal has to remove. */
static char unfinished[PATH_MAX];

static void remove_unfinished(int number) {
    unlink(unfinished);
    signal(number, SIG_DFL);
    raise(number);
}

static bool same_file(const struct stat *one, const struct stat *other) {
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static bool is_at(const char *path, int fd) {
    struct stat at, opened;
    return lstat(path, &at) == 0 && fstat(fd, &opened) == 0 && same_file(&at, &opened);
}

/* Does another process hold the lock? If not, this one does from now on, on file systems that have locks. */
static bool is_locked(int fd) {
    return flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/* The draft of a process that was killed is no longer locked. */
static bool remove_leftover(const char *path, struct mshim_reason *reason) {
    struct stat status;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid()) {
        if (fd >= 0)
            close(fd);
        return mshim_refuse(reason, "%s is in the way", path);
    }
    const bool unlocked = !is_locked(fd);
    const bool removed = unlocked && is_at(path, fd) && unlink(path) == 0;
    close(fd);
    return removed || mshim_refuse(reason, "another process is replacing it (%s)", path);
}

static bool open_draft(struct draft *draft, const char *target, struct mshim_reason *reason) {
    const char *const slash = strrchr(target, '/');
    const char *const name = slash ? slash + 1 : target;
    const int length = slash ? (int)(name - target) : 0;
    enum { NAME_PART = 200 }; /* a name has at most 255 bytes */
    if (snprintf(draft->path, PATH_MAX, "%.*s.%.*s.mshim-relink", length, target, NAME_PART, name) >=
        PATH_MAX)
        return mshim_refuse(reason, "%s", strerror(ENAMETOOLONG));
    snprintf(draft->folder, PATH_MAX, "%.*s", length ? length : 1, length ? target : ".");
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    draft->fd = open(draft->path, flags, 0600);
    if (draft->fd < 0 && errno == EEXIST) {
        if (!remove_leftover(draft->path, reason))
            return false;
        draft->fd = open(draft->path, flags, 0600);
    }
    if (draft->fd < 0)
        return mshim_refuse(reason, "a file beside it (%s) cannot be made: %s", draft->path, strerror(errno));
    if (is_locked(draft->fd))
        return mshim_refuse(reason, "another process is replacing it (%s)", draft->path);
    return true;
}

static bool write_all(int fd, const unsigned char *bytes, size_t size) {
    while (size > 0) {
        const ssize_t part = write(fd, bytes, size);
        if (part < 0 && errno == EINTR)
            continue;
        if (part < 0)
            return false;
        bytes += part;
        size -= (size_t)part;
    }
    return true;
}

/* May `target` be replaced: is it still the file that was read, or another regular file, or nothing? */
static bool check_target(const struct mshim_file *file, const char *target, bool in_place,
                         struct mshim_reason *reason) {
    struct stat now;
    if (lstat(target, &now) != 0)
        return (!in_place && errno == ENOENT) || mshim_refuse(reason, "%s: %s", target, strerror(errno));
    if (!S_ISREG(now.st_mode))
        return mshim_refuse(reason, "%s exists and is not a regular file", target);
    if (!in_place)
        return true;
    if (now.st_nlink > 1)
        return mshim_refuse(
            reason,
            "it has %lu names (hard links), of which the others would keep the old contents; write "
            "another file with -o",
            (unsigned long)now.st_nlink);
    if (!mshim_file_same(&now, &file->status))
        return mshim_refuse(reason, "it has changed meanwhile");
    return true;
}

static void sync_folder(const char *folder) {
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* not supported by some file systems */
        close(fd);
    }
}

static bool fill(const struct draft *draft, const struct mshim_file *file, bool in_place, const void *bytes,
                 size_t size, struct mshim_reason *reason) {
    if (!write_all(draft->fd, bytes, size))
        return mshim_refuse(reason, "%s cannot be written: %s", draft->path, strerror(errno));
    if (!mshim_file_attributes_copy(draft->fd, file->fd, &file->status, in_place, reason))
        return false;
    return fsync(draft->fd) == 0 ||
           mshim_refuse(reason, "%s cannot be written: %s", draft->path, strerror(errno));
}

static bool put_in_place(const struct draft *draft, const struct mshim_file *file, const char *target,
                         bool in_place, struct mshim_reason *reason) {
    if (!check_target(file, target, in_place, reason))
        return false;
    if (!is_at(draft->path, draft->fd))
        return mshim_refuse(reason, "another process is replacing it (%s)", draft->path);
    if (rename(draft->path, target) != 0)
        return mshim_refuse(reason, "it cannot be replaced: %s", strerror(errno));
    sync_folder(draft->folder);
    return true;
}

bool mshim_file_replace(const struct mshim_file *file, const char *target, const void *bytes, size_t size,
                        struct mshim_reason *reason) {
    struct sigaction before[FATAL_SIGNALS], too_large;
    struct draft draft = {.fd = -1};
    struct stat there;
    const bool in_place = !target || (lstat(target, &there) == 0 && same_file(&there, &file->status));
    if (!target)
        target = file->path;
    /* Signals are blocked until `unfinished` is set. */
    sigset_t waiting, mask;
    sigemptyset(&waiting);
    for (size_t i = 0; i < FATAL_SIGNALS; i++)
        sigaddset(&waiting, fatal_signals[i]);
    sigprocmask(SIG_BLOCK, &waiting, &mask);
    if (!check_target(file, target, in_place, reason) || !open_draft(&draft, target, reason)) {
        if (draft.fd >= 0)
            close(draft.fd);
        sigprocmask(SIG_SETMASK, &mask, NULL);
        return false;
    }
    memcpy(unfinished, draft.path, sizeof unfinished);
    for (size_t i = 0; i < FATAL_SIGNALS; i++) {
        struct sigaction action = {.sa_handler = remove_unfinished};
        sigaction(fatal_signals[i], NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(fatal_signals[i], &action, NULL);
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    /* Exceeding a limit on file sizes becomes an error of write. */
    sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = SIG_IGN}, &too_large);
    const bool done = fill(&draft, file, in_place, bytes, size, reason) &&
                      put_in_place(&draft, file, target, in_place, reason);
    if (!done && is_at(draft.path, draft.fd))
        unlink(draft.path);
    sigaction(SIGXFSZ, &too_large, NULL);
    for (size_t i = 0; i < FATAL_SIGNALS; i++)
        sigaction(fatal_signals[i], &before[i], NULL);
    close(draft.fd);
    return done;
}
