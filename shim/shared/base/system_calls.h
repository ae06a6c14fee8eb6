/* SPDX-License-Identifier: MIT */
#ifndef MSHIM_SHARED_BASE_SYSTEM_CALLS_H
#define MSHIM_SHARED_BASE_SYSTEM_CALLS_H

/*
 * The system calls for which the libc has a cancellation point, by syscall(2), which is none: a thread that
 * has been cancelled must not end inside fork, _exit or malloc because the library opens or writes a file
 * there. Results and errno as of the functions of the libc.
 */

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { MSHIM_FIRST_FREE_DESCRIPTOR = 3 };

static inline int mshim_close(int fd) {
    return (int)syscall(SYS_close, fd);
}

/* openat(2), but never as descriptor 0, 1 or 2: a program that has closed those may be about to open them
 * anew, in another thread, and counts on getting them. */
static inline int mshim_open_at(int folder, const char *path, int flags, mode_t mode) {
    const int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (fd < 0 || fd >= MSHIM_FIRST_FREE_DESCRIPTOR)
        return fd;
    const int moved = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, MSHIM_FIRST_FREE_DESCRIPTOR);
    mshim_close(fd);
    return moved;
}

static inline int mshim_open(const char *path, int flags, mode_t mode) {
    return mshim_open_at(AT_FDCWD, path, flags, mode);
}

static inline ssize_t mshim_read(int fd, void *to, size_t count) {
    return syscall(SYS_read, fd, to, count);
}

static inline ssize_t mshim_write(int fd, const void *from, size_t count) {
    return syscall(SYS_write, fd, from, count);
}

static inline ssize_t mshim_pread(int fd, void *to, size_t count, off_t offset) {
    return syscall(SYS_pread64, fd, to, count, offset);
}

static inline ssize_t mshim_pwrite(int fd, const void *from, size_t count, off_t offset) {
    return syscall(SYS_pwrite64, fd, from, count, offset);
}

/* With mode 0: as posix_fallocate(3), but a filesystem that cannot is an error. */
static inline int mshim_fallocate(int fd, off_t offset, off_t bytes) {
    return (int)syscall(SYS_fallocate, fd, 0, offset, bytes);
}

/* Takes one pending signal of the set away; -1 where there is none. */
static inline int mshim_take_signal(const sigset_t *signals) {
    enum { KERNEL_SIGSET_BYTES = 8 };
    const struct timespec at_once = {0, 0};
    return (int)syscall(SYS_rt_sigtimedwait, signals, NULL, &at_once, KERNEL_SIGSET_BYTES);
}

#endif
