/* SPDX-License-Identifier: MIT */
#include "command/compare/counters.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REPORT_BYTES = 1 << 20 };

bool mshim_report_folder_make(struct mshim_report_folder *folder) {
    const char *const temporary = getenv("TMPDIR");
    const int length =
        snprintf(folder->path, sizeof folder->path, "%s/mshim-compare-XXXXXX",
                 temporary && *temporary == '/' && !strchr(temporary, '%') ? temporary : "/tmp");
    if (length >= (int)sizeof folder->path) {
        errno = ENAMETOOLONG;
        folder->path[0] = 0;
        return false;
    }
    if (!mkdtemp(folder->path)) {
        folder->path[0] = 0;
        return false;
    }
    snprintf(folder->report, sizeof folder->report, "%s/%%p.json", folder->path);
    return true;
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
    DIR *const entries = folder->path[0] ? opendir(folder->path) : NULL;
    for (struct dirent *entry; entries && (entry = readdir(entries));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
}

void mshim_report_folder_remove(struct mshim_report_folder *folder) {
    mshim_report_folder_empty(folder);
    if (folder->path[0])
        rmdir(folder->path);
    folder->path[0] = 0;
}
