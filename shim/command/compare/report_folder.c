/* SPDX-License-Identifier: MIT */
#include "command/compare/report_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPORT_BYTES = 1 << 20 };

/* Then six letters by mkdtemp. Nothing else of this name is anybody's. */
static const char prefix[] = "mshim-compare-reports-";
enum { NAME_LENGTH = sizeof prefix - 1 + 6 };

static const char *temporary_folder(void) {
    const char *const temporary = getenv("TMPDIR");
    return temporary && *temporary == '/' && !strchr(temporary, '%') ? temporary : "/tmp";
}

static void empty(int folder) {
    DIR *const entries = fdopendir(dup(folder));
    if (!entries)
        return;
    rewinddir(entries);
    for (struct dirent *entry; (entry = readdir(entries));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(folder, entry->d_name, 0);
    closedir(entries);
}

/* Removes a folder that nobody holds the lock of. */
static void remove_if_left(int parent, const char *name) {
    struct stat status;
    const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && status.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0) {
        empty(fd);
        unlinkat(parent, name, AT_REMOVEDIR);
    }
    close(fd);
}

/* Removes what comparisons have left that were killed. */
static void remove_left(void) {
    DIR *const entries = opendir(temporary_folder());
    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));)
        if (strncmp(entry->d_name, prefix, sizeof prefix - 1) == 0 && strlen(entry->d_name) == NAME_LENGTH)
            remove_if_left(dirfd(entries), entry->d_name);
    closedir(entries);
}

/* Makes a folder and takes its lock. Until that is taken another comparison may take it for one that was
 * left: then it is gone, and another is made. */
static bool make_locked(struct mshim_report_folder *folder) {
    struct stat status;
    if (!mkdtemp(folder->path))
        return false;
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return folder->fd >= 0 && flock(folder->fd, LOCK_EX) == 0 && fstat(folder->fd, &status) == 0 &&
           status.st_nlink > 0;
}

bool mshim_report_folder_make(struct mshim_report_folder *folder) {
    enum { TRIES = 10 };
    remove_left();
    for (int i = 0; i < TRIES; i++) {
        *folder = (struct mshim_report_folder){.fd = -1};
        if (snprintf(folder->path, sizeof folder->path, "%s/%sXXXXXX", temporary_folder(), prefix) >=
            (int)sizeof folder->path) {
            folder->path[0] = 0;
            errno = ENAMETOOLONG;
            return false;
        }
        if (make_locked(folder)) {
            snprintf(folder->report, sizeof folder->report, "%s/%%p.json", folder->path);
            return true;
        }
        const int error = errno;
        mshim_report_folder_remove(folder);
        errno = error;
    }
    return false;
}

/* A report that is whole, allocated. */
static char *read_report(int folder, const char *name) {
    static const char begin[] = "{\"format\": 1,", end[] = "}\n";
    const int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    char *text = fd >= 0 ? malloc(REPORT_BYTES) : NULL;
    size_t size = 0;
    ssize_t part = 0;
    while (text && size < REPORT_BYTES - 1 && (part = read(fd, text + size, REPORT_BYTES - 1 - size)) > 0)
        size += (size_t)part;
    if (fd >= 0)
        close(fd);
    if (!text)
        return NULL;
    text[size] = 0;
    if (strncmp(text, begin, sizeof begin - 1) == 0 && size >= sizeof begin &&
        strcmp(text + size - 2, end) == 0)
        return text;
    free(text);
    return NULL;
}

static double cpu_seconds(const char *report) {
    static const char key[] = "\"cpu_seconds\": ";
    const char *const found = strstr(report, key);
    return found ? strtod(found + sizeof key - 1, NULL) : 0;
}

char *mshim_report_folder_best(const struct mshim_report_folder *folder) {
    char *best = NULL;
    double most = -1;
    DIR *const entries = opendir(folder->path);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        char *const report = entry->d_name[0] != '.' ? read_report(dirfd(entries), entry->d_name) : NULL;
        const double used = report ? cpu_seconds(report) : -1;
        if (used > most) {
            free(best);
            best = report;
            most = used;
        } else {
            free(report);
        }
    }
    if (entries)
        closedir(entries);
    return best;
}

void mshim_report_folder_empty(const struct mshim_report_folder *folder) {
    if (folder->path[0] && folder->fd >= 0)
        empty(folder->fd);
}

void mshim_report_folder_remove(struct mshim_report_folder *folder) {
    mshim_report_folder_empty(folder);
    if (folder->path[0])
        rmdir(folder->path);
    if (folder->path[0] && folder->fd >= 0)
        close(folder->fd);
    *folder = (struct mshim_report_folder){.fd = -1};
}
