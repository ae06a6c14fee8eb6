/* SPDX-License-Identifier: MIT */
#include "library/process/children.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char variable[] = "LD_PRELOAD=";
static const char separators[] = ": ";

/* A name without a slash was looked for in the loader's folders: it is this library's if it ends like it. */
static bool is_this_library(const char *entry, size_t length, const char *own) {
    char path[4096];
    struct stat named, loaded;
    if (!memchr(entry, '/', length)) {
        const char *slash = strrchr(own, '/');
        const char *base = slash ? slash + 1 : own;
        return strlen(base) == length && memcmp(base, entry, length) == 0;
    }
    if (length >= sizeof path)
        return false;
    memcpy(path, entry, length);
    path[length] = 0;
    return strcmp(path, own) == 0 ||
           (fstatat(AT_FDCWD, path, &named, 0) == 0 && fstatat(AT_FDCWD, own, &loaded, 0) == 0 &&
            named.st_dev == loaded.st_dev && named.st_ino == loaded.st_ino);
}

/* The value without this library's entries, at `to`; false where there is none of them. */
static bool without_this_library(char *to, const char *value, const char *own) {
    bool found = false;
    *to = 0;
    for (const char *at = value; *at;) {
        const size_t length = strcspn(at, separators);
        if (length > 0 && is_this_library(at, length, own)) {
            found = true;
        } else if (length > 0) {
            if (*to)
                strcat(to, ":");
            strncat(to, at, length);
        }
        at += length;
        at += strspn(at, separators);
    }
    return found;
}

static void replace(char **place, const char *own) {
    const char *value = *place + sizeof variable - 1;
    const size_t bytes = strlen(*place) + 1;
    char *shorter = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (shorter == MAP_FAILED)
        return;
    memcpy(shorter, variable, sizeof variable);
    if (!without_this_library(shorter + sizeof variable - 1, value, own)) {
        munmap(shorter, bytes);
    } else if (shorter[sizeof variable - 1]) {
        *place = shorter;
    } else {
        munmap(shorter, bytes);
        do
            place[0] = place[1];
        while (*place++);
    }
}

void mshim_children_drop(void) {
    Dl_info this_library;
    if (!environ || !dladdr(variable, &this_library) || !this_library.dli_fname)
        return;
    for (char **place = environ; *place; place++)
        if (strncmp(*place, variable, sizeof variable - 1) == 0) {
            replace(place, this_library.dli_fname);
            return;
        }
}
