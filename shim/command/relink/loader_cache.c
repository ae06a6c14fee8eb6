/* SPDX-License-Identifier: MIT */
#include "command/relink/loader_cache.h"
#include "command/relink/bytes.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* glibc's cache: a header, entries with the offsets of name and path, and these strings. A cache in the older
 * format is followed by one in this. */
static const char magic[] = "glibc-ld.so.cache1.1";
enum {
    COUNT_AT = 20,
    HEADER_BYTES = 48,
    ENTRY_BYTES = 24,
    NAME_AT = 4,
    PATH_AT = 8,
    CPU_AT = 16,   /* hardware capabilities that it needs */
    KIND = 0x0303, /* glibc 2 and later, x86-64 */
    MAX_BYTES = 64 << 20,
};

static char *read_file(const char *path, size_t *size) {
    struct stat status;
    char *bytes = NULL;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= MAX_BYTES &&
        (bytes = malloc((size_t)status.st_size + 1))) {
        const ssize_t part = pread(fd, bytes, (size_t)status.st_size, 0);
        *size = part > 0 ? (size_t)part : 0;
        bytes[*size] = 0; /* terminates the last string */
    }
    close(fd);
    return bytes;
}

static bool find(char path[PATH_MAX], const char *cache, size_t size, const char *name) {
    if (size < HEADER_BYTES)
        return false;
    const unsigned char *const bytes = (const unsigned char *)cache;
    const uint64_t count = mshim_bytes_get(bytes + COUNT_AT, 4);
    for (uint64_t i = 0; i < count && i < (size - HEADER_BYTES) / ENTRY_BYTES; i++) {
        const unsigned char *const entry = bytes + HEADER_BYTES + i * ENTRY_BYTES;
        const uint64_t name_at = mshim_bytes_get(entry + NAME_AT, 4),
                       path_at = mshim_bytes_get(entry + PATH_AT, 4);
        if (mshim_bytes_get(entry, 4) == KIND && mshim_bytes_get(entry + CPU_AT, 8) == 0 && name_at < size &&
            path_at < size && strcmp(cache + name_at, name) == 0)
            return snprintf(path, PATH_MAX, "%s", cache + path_at) < PATH_MAX;
    }
    return false;
}

bool mshim_loader_cache_find(char path[PATH_MAX], const char *cache, const char *name) {
    size_t size = 0;
    char *const bytes = read_file(cache, &size);
    if (!bytes)
        return false;
    const char *const start = memmem(bytes, size, magic, sizeof magic - 1);
    const bool found = start && find(path, start, size - (size_t)(start - bytes), name);
    free(bytes);
    return found;
}
