/* SPDX-License-Identifier: MIT */
#include "command/relink/loader.h"
#include "command/relink/loader_cache.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Debian's multiarch folders come first, as in its glibc. */
static const char glibc_places[] =
    "/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib";
static const char musl_places[] = "/lib:/usr/local/lib:/usr/lib";
static const char glibc_cache[] = "/etc/ld.so.cache";

/* glibc skips a file that is not a library for this machine, musl takes the first that can be opened. */
static bool is_there(const char *path, bool is_musl) {
    static const unsigned char machine[] = {0x7f, 'E', 'L', 'F', 2, 1}; /* 64 bits, little-endian */
    unsigned char start[20];
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    const bool fits = is_musl || (pread(fd, start, sizeof start, 0) == (ssize_t)sizeof start &&
                                  memcmp(start, machine, sizeof machine) == 0 && start[18] == 62);
    close(fd);
    return fits;
}

/* Copies an element of a search path with $ORIGIN expanded. False if it is too long or contains another $. */
static bool expand(char folder[PATH_MAX], const char *element, size_t length, const char *object) {
    static const char *const origins[] = {"${ORIGIN}", "$ORIGIN"};
    const char *const slash = strrchr(object, '/');
    const size_t origin_bytes = slash ? (size_t)(slash - object) : 0;
    size_t used = 0;
    for (size_t at = 0; at < length;) {
        size_t taken = 1, bytes = 1;
        const char *from = element + at;
        if (element[at] == '$') {
            taken = 0;
            for (size_t i = 0; i < 2 && taken == 0; i++)
                if (length - at >= strlen(origins[i]) && memcmp(from, origins[i], strlen(origins[i])) == 0)
                    taken = strlen(origins[i]);
            if (taken == 0)
                return false;
            from = slash ? object : ".";
            bytes = slash ? origin_bytes : 1;
        }
        if (used + bytes >= PATH_MAX)
            return false;
        memcpy(folder + used, from, bytes);
        used += bytes;
        at += taken;
    }
    folder[used] = 0;
    return true;
}

/* Looks in the folders of a list; an empty element is the current folder. */
static bool find_in(char path[PATH_MAX], const char *list, const char *separators, const char *object,
                    const char *name, bool is_musl) {
    char folder[PATH_MAX];
    for (const char *at = list;; at++) {
        const size_t length = strcspn(at, separators);
        if (expand(folder, at, length, object) &&
            snprintf(path, PATH_MAX, "%s%s%s", folder, *folder ? "/" : "", name) < PATH_MAX &&
            is_there(path, is_musl))
            return true;
        at += length;
        if (!*at)
            return false;
    }
}

/* With musl, all parts of the libc are the loader itself. */
static bool is_musls_own(const char *name) {
    static const char *const parts[] = {"c.", "pthread.", "rt.", "m.", "dl.", "util.", "xnet."};
    if (strncmp(name, "lib", 3) != 0)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strncmp(name + 3, parts[i], strlen(parts[i])) == 0)
            return true;
    return false;
}

/* The list in PREFIX/etc/ld-musl-x86_64.path, where the loader is PREFIX/lib/ld-musl-x86_64.so.1. */
static const char *musl_list(const char *loader, char *list, size_t size) {
    char file[PATH_MAX + 40];
    size_t prefix = strlen(loader);
    for (unsigned up = 0; up < 2; up++)
        while (prefix > 0 && loader[--prefix] != '/')
            ;
    snprintf(file, sizeof file, "%.*s/etc/ld-musl-x86_64.path", (int)prefix, loader);
    const int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return musl_places;
    const ssize_t length = read(fd, list, size - 1);
    close(fd);
    if (length < 0)
        return musl_places;
    list[length] = 0;
    return list;
}

static bool find_for_musl(char path[PATH_MAX], const struct mshim_loader *loader,
                          const struct mshim_needing *object, const char *name) {
    static const char separators[] = ":\n";
    char list[4 * PATH_MAX];
    const char *const environment = getenv("LD_LIBRARY_PATH");
    if (is_musls_own(name)) {
        snprintf(path, PATH_MAX, "%s", loader->path);
        return is_there(path, true);
    }
    if (environment && find_in(path, environment, separators, "", name, true))
        return true;
    for (const struct mshim_needing *by = object; by; by = by->by) {
        const char *const own = by->runpath ? by->runpath : by->rpath;
        if (own && find_in(path, own, separators, by->path, name, true))
            return true;
    }
    return find_in(path, musl_list(loader->path, list, sizeof list), separators, "", name, true);
}

static bool find_for_glibc(char path[PATH_MAX], const struct mshim_needing *object, const char *name) {
    const char *const environment = getenv("LD_LIBRARY_PATH");
    for (const struct mshim_needing *by = object->runpath ? NULL : object; by; by = by->by)
        if (by->rpath && !by->runpath && find_in(path, by->rpath, ":", by->path, name, false))
            return true;
    if (environment && *environment && find_in(path, environment, ":;", object->path, name, false))
        return true;
    if (object->runpath && find_in(path, object->runpath, ":", object->path, name, false))
        return true;
    return (mshim_loader_cache_find(path, glibc_cache, name) && is_there(path, false)) ||
           find_in(path, glibc_places, ":", "", name, false);
}

bool mshim_loader_find(char path[PATH_MAX], const struct mshim_loader *loader,
                       const struct mshim_needing *object, const char *name) {
    if (strchr(name, '/'))
        return expand(path, name, strlen(name), object->path) && is_there(path, loader->is_musl);
    return loader->is_musl ? find_for_musl(path, loader, object, name) : find_for_glibc(path, object, name);
}
