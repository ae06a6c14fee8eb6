/* SPDX-License-Identifier: MIT */
#include "command/launch/flavour.h"
#include "command/launch/elf_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where an installation keeps its libraries, below the prefix. */
#ifndef MSHIM_LIBRARY_DIR
#define MSHIM_LIBRARY_DIR "lib"
#endif

enum { CHUNK_BYTES = 65536, OVERLAP_BYTES = 32, LOADER_BYTES = 16 << 20 };

const char *mshim_flavour_name(enum mshim_flavour flavour) {
    switch (flavour) {
    case MSHIM_MUSL:
        return "musl";
    case MSHIM_GLIBC:
        return "glibc";
    default:
        return "another libc";
    }
}

static enum mshim_flavour flavour_by_name(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (strncmp(name, "ld-musl-", 8) == 0)
        return MSHIM_MUSL;
    if (strncmp(name, "ld-linux", 8) == 0 || strncmp(name, "ld64.so", 7) == 0)
        return MSHIM_GLIBC;
    return MSHIM_NO_FLAVOUR;
}

static bool contains(const char *bytes, size_t size, const char *text) {
    return memmem(bytes, size, text, strlen(text)) != NULL;
}

/* musl's loader names itself in its usage message, glibc's defines symbols of the version GLIBC_PRIVATE. A
 * name alone would not do: on Alpine ld-linux-x86-64.so.2 can be a link to musl. */
static enum mshim_flavour flavour_by_content(int fd) {
    char bytes[OVERLAP_BYTES + CHUNK_BYTES];
    size_t kept = 0;
    for (size_t done = 0; done < LOADER_BYTES;) {
        const ssize_t part = read(fd, bytes + kept, CHUNK_BYTES);
        if (part <= 0)
            break;
        done += (size_t)part;
        const size_t size = kept + (size_t)part;
        if (contains(bytes, size, "musl libc ("))
            return MSHIM_MUSL;
        if (contains(bytes, size, "GLIBC_PRIVATE"))
            return MSHIM_GLIBC;
        kept = size < OVERLAP_BYTES ? size : OVERLAP_BYTES;
        memmove(bytes, bytes + size - kept, kept);
    }
    return MSHIM_NO_FLAVOUR;
}

/* Opens what is a regular file, and nothing that would block or act on being opened. */
static int open_regular(const char *path) {
    struct stat status;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

enum mshim_flavour mshim_flavour_of_loader(const char *path) {
    const int fd = open_regular(path);
    if (fd < 0)
        return flavour_by_name(path);
    const enum mshim_flavour flavour = flavour_by_content(fd);
    close(fd);
    return flavour;
}

/* Copies the value of `key` ("libc=") out of the note's lines. */
static void note_value(const char *note, const char *key, char *value, size_t size) {
    value[0] = 0;
    for (const char *line = note; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, strlen(key)) == 0) {
            line += strlen(key);
            snprintf(value, size, "%.*s", (int)strcspn(line, "\n"), line);
            return;
        }
    }
}

bool mshim_library_read(struct mshim_library *library, const char *path) {
    struct mshim_elf elf;
    char libc[16];
    const int fd = open_regular(path);
    if (fd < 0)
        return false;
    mshim_elf_read(fd, &elf);
    close(fd);
    if (!elf.is_library || elf.kind == MSHIM_ELF_BROKEN)
        return false;
    note_value(elf.note, "libc=", libc, sizeof libc);
    library->flavour = strcmp(libc, "musl") == 0    ? MSHIM_MUSL
                       : strcmp(libc, "glibc") == 0 ? MSHIM_GLIBC
                                                    : MSHIM_NO_FLAVOUR;
    note_value(elf.note, "version=", library->version, sizeof library->version);
    snprintf(library->path, sizeof library->path, "%s", path);
    return library->flavour != MSHIM_NO_FLAVOUR;
}

/* The folder above the one that this command lies in. */
static bool own_prefix(char *prefix) {
    const ssize_t length = readlink("/proc/self/exe", prefix, PATH_MAX - 1);
    if (length <= 0)
        return false;
    prefix[length] = 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(prefix, '/');
        if (!slash)
            return false;
        *slash = 0;
    }
    return true;
}

bool mshim_library_find(struct mshim_library *library, enum mshim_flavour flavour) {
    static const char *const places[] = {MSHIM_LIBRARY_DIR "/mshim/%s/libmshim.so", "%s/lib/libmshim.so",
                                         "lib/libmshim.so"};
    char prefix[PATH_MAX], place[64], path[2 * PATH_MAX];
    if (!own_prefix(prefix)) {
        snprintf(library->path, sizeof library->path, "/proc/self/exe");
        return false;
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(place, sizeof place, places[i], mshim_flavour_name(flavour));
        snprintf(path, sizeof path, "%s/%s", prefix, place);
        if (strlen(path) < PATH_MAX && mshim_library_read(library, path) && library->flavour == flavour)
            return true;
    }
    snprintf(place, sizeof place, places[0], mshim_flavour_name(flavour));
    snprintf(library->path, sizeof library->path, "%.*s/%s", PATH_MAX - 80, prefix, place);
    return false;
}
