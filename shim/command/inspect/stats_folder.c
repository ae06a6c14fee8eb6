/* SPDX-License-Identifier: MIT */
#include "command/inspect/stats_folder.h"

#include "command/command.h"
#include "shared/options/options.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char prefix[] = "mshim-";

static void refuse(const struct mshim_option *row, const char *value, void *context) {
    char line[MSHIM_REFUSAL_BYTES];
    if (row != &mshim_option_rows[MSHIM_OPTION_dir])
        return;
    mshim_option_refusal(line, sizeof line, row, value, false);
    fputs(line, stderr);
    *(bool *)context = true;
}

const char *mshim_stats_root(void) {
    static struct mshim_options options;
    bool refused = false;
    if (options.dir)
        return options.dir;
    mshim_options_parse(&options, (const char *const *)environ, refuse, &refused);
    if (refused)
        exit(MSHIM_MISUSE);
    return options.dir;
}

/* "mshim-1000" is user 1000's. */
static bool user_of(const char *name, uid_t *user) {
    const size_t length = sizeof prefix - 1;
    if (strncmp(name, prefix, length) != 0 || name[length] < '0' || name[length] > '9')
        return false;
    char *end;
    errno = 0;
    const unsigned long number = strtoul(name + length, &end, 10);
    *user = (uid_t)number;
    return errno == 0 && *end == 0 && *user == number;
}

/* "PID-UNIQUE.page" */
static bool is_page_name(const char *name) {
    const size_t digits = strspn(name, "0123456789");
    if (digits == 0 || name[digits] != '-')
        return false;
    const size_t unique = strspn(name + digits + 1, "0123456789abcdef");
    return unique > 0 && strcmp(name + digits + 1 + unique, ".page") == 0;
}

/* Only a folder that nobody else can have put anything into. */
static int open_folder(int root, const char *name, uid_t user, const char *path) {
    struct stat folder;
    const int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        if (errno != ENOENT)
            mshim_message("%s is passed over: %s", path, strerror(errno));
        return -1;
    }
    if (fstat(fd, &folder) == 0 && folder.st_uid == user && (folder.st_mode & 077) == 0)
        return fd;
    mshim_message("%s is passed over: it is not a folder of user %lu alone", path, (unsigned long)user);
    close(fd);
    return -1;
}

/* Closes `fd`. */
static bool visit_pages(int fd, const char *path, uid_t user, mshim_stats_visitor *visit, void *context) {
    DIR *const entries = fdopendir(fd);
    bool more = true;
    if (!entries) {
        close(fd);
        return true;
    }
    const struct dirent *entry;
    while (more && (entry = readdir(entries)) != NULL)
        if (is_page_name(entry->d_name))
            more = visit(&(struct mshim_stats_place){fd, entry->d_name, path, user}, context);
    closedir(entries);
    return more;
}

static bool visit_user(int root, const char *name, uid_t user, mshim_stats_visitor *visit, void *context) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", mshim_stats_root(), name);
    const int fd = open_folder(root, name, user, path);
    return fd < 0 || visit_pages(fd, path, user, visit, context);
}

void mshim_stats_folder_visit(const char *path, mshim_stats_visitor *visit, void *context) {
    struct stat folder;
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fstat(fd, &folder) == 0)
        visit_pages(fd, path, folder.st_uid, visit, context);
    else
        close(fd);
}

int mshim_stats_files_failed(void) {
    mshim_message("cannot read the pages in %s: %s", mshim_stats_root(), strerror(errno));
    return MSHIM_NO;
}

bool mshim_stats_files_visit(mshim_stats_visitor *visit, void *context) {
    DIR *const root = opendir(mshim_stats_root());
    if (!root)
        return false;
    const uid_t self = geteuid();
    uid_t user;
    bool more = true;
    if (self != 0) {
        char name[32];
        snprintf(name, sizeof name, "%s%lu", prefix, (unsigned long)self);
        visit_user(dirfd(root), name, self, visit, context);
    }
    const struct dirent *entry;
    while (self == 0 && more && (entry = readdir(root)) != NULL)
        if (user_of(entry->d_name, &user))
            more = visit_user(dirfd(root), entry->d_name, user, visit, context);
    closedir(root);
    return true;
}
