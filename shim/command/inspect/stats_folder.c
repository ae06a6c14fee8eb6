/* SPDX-License-Identifier: MIT */
#include "command/inspect/stats_folder.h"

#include "shared/options/options.h"
#include "shared/stats/name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char refusal[MSHIM_REFUSAL_BYTES];

static void refuse(const struct mshim_option *row, const char *value, void *context) {
    static const char prefix[] = "mshim: ";
    char line[MSHIM_REFUSAL_BYTES];
    (void)context;
    if (row != &mshim_option_rows[MSHIM_OPTION_dir])
        return;
    mshim_option_refusal(line, sizeof line, row, value, false);
    line[strcspn(line, "\n")] = 0;
    strcpy(refusal, line + (strncmp(line, prefix, sizeof prefix - 1) == 0 ? sizeof prefix - 1 : 0));
}

const char *mshim_stats_root(void) {
    static struct mshim_options options;
    if (!options.dir)
        mshim_options_parse(&options, (const char *const *)environ, refuse, NULL);
    return *refusal ? NULL : options.dir;
}

const char *mshim_stats_root_refusal(void) {
    return refusal;
}

static void complain(const struct mshim_stats_visitor *visitor, const char *path, const char *why) {
    char text[PATH_MAX + 256];
    snprintf(text, sizeof text, "%s is passed over: %s", path, why);
    if (visitor->complain)
        visitor->complain(text);
}

/* Only a folder that nobody else can have put anything into. */
static int open_folder(int root, const char *name, uid_t user, const char *path,
                       const struct mshim_stats_visitor *visitor) {
    struct stat folder;
    char why[64];
    const int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        if (errno != ENOENT)
            complain(visitor, path, strerror(errno));
        return -1;
    }
    if (fstat(fd, &folder) == 0 && folder.st_uid == user && (folder.st_mode & 077) == 0)
        return fd;
    snprintf(why, sizeof why, "it is not a folder of user %lu alone", (unsigned long)user);
    complain(visitor, path, why);
    close(fd);
    return -1;
}

/* Closes `fd`. */
static bool visit_files(int fd, const char *path, uid_t user, const struct mshim_stats_visitor *visitor) {
    DIR *const entries = fdopendir(fd);
    bool more = true;
    uint64_t pid;
    size_t count = 0;
    if (!entries) {
        close(fd);
        return true;
    }
    const struct dirent *entry;
    while (more && (entry = readdir(entries)) != NULL)
        if (mshim_stats_name_parse(entry->d_name, &pid) &&
            (++count <= visitor->max_files || visitor->max_files == 0))
            more =
                visitor->file(&(struct mshim_stats_place){fd, entry->d_name, path, user}, visitor->context);
    closedir(entries);
    if (count > visitor->max_files && visitor->max_files > 0) {
        char text[PATH_MAX + 128];
        const size_t left_out = count - visitor->max_files;
        if (visitor->left_out)
            *visitor->left_out += left_out;
        snprintf(text, sizeof text, "%s: %zu of %zu files are left out", path, left_out, count);
        if (visitor->complain)
            visitor->complain(text);
    }
    return more;
}

static bool visit_user(int root, const char *name, uid_t user, const struct mshim_stats_visitor *visitor) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", mshim_stats_root(), name);
    const int fd = open_folder(root, name, user, path, visitor);
    return fd < 0 || visit_files(fd, path, user, visitor);
}

void mshim_stats_folder_visit(const char *path, const struct mshim_stats_visitor *visitor) {
    struct stat folder;
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fstat(fd, &folder) == 0)
        visit_files(fd, path, folder.st_uid, visitor);
    else
        close(fd);
}

static void visit_all_users(DIR *root, const struct mshim_stats_visitor *visitor) {
    const struct dirent *entry;
    uint64_t user;
    bool more = true;
    while (more && (entry = readdir(root)) != NULL)
        if (mshim_stats_folder_name_parse(entry->d_name, &user))
            more = visit_user(dirfd(root), entry->d_name, (uid_t)user, visitor);
}

bool mshim_stats_files_visit(const struct mshim_stats_visitor *visitor) {
    char own[MSHIM_STATS_FOLDER_NAME_BYTES];
    const char *const path = mshim_stats_root();
    DIR *const root = path ? opendir(path) : NULL;
    if (!path)
        errno = EINVAL;
    if (!root)
        return false;
    if (geteuid() == 0) {
        visit_all_users(root, visitor);
    } else {
        mshim_stats_folder_name(geteuid(), own);
        visit_user(dirfd(root), own, geteuid(), visitor);
    }
    closedir(root);
    return true;
}
