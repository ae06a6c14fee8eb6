/* SPDX-License-Identifier: MIT */
/* A file is replaced as a whole or not at all. */
#include "command/relink/replace.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/xattr.h>
#include <unistd.h>

static char folder[64], path[96], draft[96], second[96];
static struct mshim_file file;
static struct mshim_reason reason;

static void write_file(const char *name, const char *text) {
    FILE *out = fopen(name, "w");
    cr_assert(out && fputs(text, out) >= 0 && fclose(out) == 0, "%s", name);
}

static bool holds(const char *name, const char *text) {
    char found[64] = "";
    FILE *in = fopen(name, "r");
    if (!in)
        return false;
    const size_t size = fread(found, 1, sizeof found - 1, in);
    fclose(in);
    return size == strlen(text) && strcmp(found, text) == 0;
}

static void begin(void) {
    snprintf(folder, sizeof folder, "/tmp/relink_replace.XXXXXX");
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(draft, sizeof draft, "%s/.file.mshim-relink", folder);
    snprintf(second, sizeof second, "%s/second", folder);
    write_file(path, "before");
    cr_assert(mshim_file_read(&file, path, &reason), "%s", reason.text);
}

static void end(void) {
    mshim_file_close(&file);
    cr_assert(access(draft, F_OK) != 0, "%s is left behind", draft);
    unlink(path);
    unlink(second);
    cr_assert_eq(rmdir(folder), 0, "%s has more in it", folder);
}

TestSuite(relink_replace, .init = begin, .fini = end);

static bool replace(const char *target) {
    return mshim_file_replace(&file, target, "after", 5, &reason);
}

Test(relink_replace, contents_change_and_all_else_stays) {
    struct stat after;
    const struct timespec times[] = {{1000000, 1}, {2000000, 2}};
    cr_assert_eq(chmod(path, 04751), 0);
    const bool labelled = setxattr(path, "user.label", "value", 5, 0) == 0; /* not all file systems can */
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    mshim_file_close(&file);
    cr_assert(mshim_file_read(&file, path, &reason));
    cr_assert(replace(NULL), "%s", reason.text);
    cr_assert(holds(path, "after"));
    cr_assert_eq(stat(path, &after), 0);
    cr_assert_eq(after.st_mode & 07777, 04751);
    cr_assert_eq(after.st_uid, file.status.st_uid);
    cr_assert(after.st_mtim.tv_sec == 2000000 && after.st_mtim.tv_nsec == 2);
    cr_assert_neq(after.st_ino, file.status.st_ino);
    char value[8];
    cr_assert(!labelled || getxattr(path, "user.label", value, sizeof value) == 5);
}

Test(relink_replace, those_who_have_it_open_keep_the_old) {
    char text[8] = "";
    cr_assert(replace(NULL));
    cr_assert_eq(pread(file.fd, text, sizeof text, 0), 6);
    cr_assert_str_eq(text, "before");
}

Test(relink_replace, another_file_is_written_and_the_first_left_alone) {
    cr_assert(replace(second), "%s", reason.text);
    cr_assert(holds(path, "before") && holds(second, "after"));
}

Test(relink_replace, file_with_two_names_is_refused) {
    cr_assert_eq(link(path, second), 0);
    cr_assert_not(replace(NULL));
    cr_assert(strstr(reason.text, "2 names (hard links)"));
    cr_assert_not(replace(second));
    cr_assert(holds(path, "before") && holds(second, "before"));
}

Test(relink_replace, file_that_changed_meanwhile_is_refused) {
    write_file(path, "others");
    cr_assert_not(replace(NULL));
    cr_assert_str_eq(reason.text, "it has changed meanwhile");
    cr_assert(holds(path, "others"));
}

Test(relink_replace, file_that_was_replaced_meanwhile_is_refused) {
    write_file(second, "before");
    cr_assert_eq(rename(second, path), 0);
    cr_assert_not(replace(NULL));
    cr_assert_str_eq(reason.text, "it has changed meanwhile");
}

Test(relink_replace, link_is_followed_and_stays) {
    struct mshim_file by_link;
    cr_assert_eq(symlink("file", second), 0);
    cr_assert(mshim_file_read(&by_link, second, &reason));
    cr_assert(mshim_file_replace(&by_link, NULL, "after", 5, &reason), "%s", reason.text);
    mshim_file_close(&by_link);
    char target[8] = "";
    cr_assert_eq(readlink(second, target, sizeof target), 4);
    cr_assert(holds(path, "after"));
}

Test(relink_replace, target_that_is_a_link_is_refused) {
    cr_assert_eq(symlink("file", second), 0);
    cr_assert_not(replace(second));
    cr_assert(strstr(reason.text, "not a regular file"));
    cr_assert(holds(path, "before"));
}

Test(relink_replace, full_disk_leaves_the_file) {
    const struct rlimit none = {0, 0};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    cr_assert_not(replace(NULL));
    cr_assert(strstr(reason.text, strerror(EFBIG)), "%s", reason.text);
    cr_assert(holds(path, "before"));
}

Test(relink_replace, draft_of_a_killed_process_is_removed) {
    write_file(draft, "half");
    cr_assert(replace(NULL), "%s", reason.text);
    cr_assert(holds(path, "after"));
}

Test(relink_replace, draft_of_a_process_at_work_is_respected) {
    write_file(draft, "half");
    const int fd = open(draft, O_RDONLY);
    cr_assert_eq(flock(fd, LOCK_EX), 0);
    cr_assert_not(replace(NULL));
    cr_assert(strstr(reason.text, "another process is replacing it"));
    cr_assert(holds(path, "before") && holds(draft, "half"));
    close(fd);
    unlink(draft);
}

Test(relink_replace, what_is_no_regular_file_is_not_read) {
    struct mshim_file other;
    cr_assert_not(mshim_file_read(&other, folder, &reason));
    cr_assert_str_eq(reason.text, "it is not a regular file");
    mshim_file_close(&other);
    cr_assert_eq(mkfifo(second, 0600), 0);
    cr_assert_not(mshim_file_read(&other, second, &reason));
    cr_assert_str_eq(reason.text, "it is not a regular file");
    mshim_file_close(&other);
    cr_assert_not(mshim_file_read(&other, "/tmp/there is no such file", &reason));
    cr_assert_str_eq(reason.text, strerror(ENOENT));
    mshim_file_close(&other);
}

Test(relink_replace, handlers_are_put_back) {
    struct sigaction before, after;
    sigaction(SIGTERM, NULL, &before);
    cr_assert(replace(NULL));
    sigaction(SIGTERM, NULL, &after);
    cr_assert_eq(before.sa_handler, after.sa_handler);
    sigaction(SIGXFSZ, NULL, &after);
    cr_assert_eq(after.sa_handler, SIG_DFL);
}
