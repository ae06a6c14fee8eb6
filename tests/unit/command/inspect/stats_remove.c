/* SPDX-License-Identifier: MIT */
/* A stats file that is removed is the one that was looked at. */
#include "command/inspect/stats_remove.h"

#include <criterion/criterion.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static const char name[] = "17-00000000000000aa.page";
static char path[] = "/tmp/mshim-removing-XXXXXX";
static int folder, looked_at;
static struct stat file;

/* As a process does that becomes another program. */
static int make_file(void) {
    (void)unlinkat(folder, name, 0);
    const int fd = openat(folder, name, O_RDWR | O_CREAT | O_EXCL, 0600);
    cr_assert_geq(fd, 0);
    return fd;
}

static void make(void) {
    cr_assert_not_null(mkdtemp(path));
    folder = open(path, O_RDONLY | O_DIRECTORY);
    looked_at = make_file();
    cr_assert_eq(fstat(looked_at, &file), 0);
}

static void drop(void) {
    (void)unlinkat(folder, name, 0);
    close(looked_at);
    close(folder);
    rmdir(path);
}

TestSuite(inspect_stats_remove, .init = make, .fini = drop);

static int count_files(void) {
    int count = 0;
    DIR *const entries = opendir(path);
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

Test(inspect_stats_remove, removes_what_was_looked_at) {
    cr_assert_eq(mshim_stats_remove(folder, name, &file), 0);
    cr_assert_eq(count_files(), 0);
}

Test(inspect_stats_remove, leaves_the_next_file_of_that_name) {
    struct stat next, left;
    const int fd = make_file();
    cr_assert_eq(fstat(fd, &next), 0);
    cr_assert_eq(mshim_stats_remove(folder, name, &file), ENOENT);
    cr_assert_eq(fstatat(folder, name, &left, 0), 0);
    cr_assert_eq(left.st_ino, next.st_ino);
    cr_assert_eq(count_files(), 1);
    close(fd);
}

Test(inspect_stats_remove, does_not_miss_what_is_gone) {
    cr_assert_eq(unlinkat(folder, name, 0), 0);
    cr_assert_eq(mshim_stats_remove(folder, name, &file), ENOENT);
}

/* It holds each file while it is its own, as processes do. Status 1: one was taken away from it. */
static void become_programs(int count) {
    struct stat own;
    for (int i = 0; i < count; i++) {
        const int fd = openat(folder, ".", O_TMPFILE | O_RDWR, 0600);
        char self[32];
        snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
        if (fd < 0 || flock(fd, LOCK_EX) != 0)
            _exit(2);
        while (linkat(AT_FDCWD, self, folder, name, AT_SYMLINK_FOLLOW) != 0)
            (void)unlinkat(folder, name, 0);
        sched_yield();
        if (fstat(fd, &own) != 0 || own.st_nlink == 0)
            _exit(1);
        close(fd);
    }
    _exit(0);
}

static void remove_unless_held(void) {
    const int fd = openat(folder, name, O_RDONLY);
    if (fd < 0)
        return;
    cr_assert_eq(fstat(fd, &file), 0);
    if (flock(fd, LOCK_SH | LOCK_NB) == 0)
        (void)mshim_stats_remove(folder, name, &file);
    close(fd);
}

Test(inspect_stats_remove, takes_no_file_from_a_process_that_becomes_others) {
    int status = -1;
    const pid_t process = fork();
    if (process == 0)
        become_programs(20000);
    while (waitpid(process, &status, WNOHANG) == 0)
        remove_unless_held();
    cr_assert_eq(status, 0);
    remove_unless_held();
    cr_assert_eq(count_files(), 0);
}
