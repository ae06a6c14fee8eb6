/* SPDX-License-Identifier: MIT */
#include "command/launch/preload.h"

#include <stdlib.h>
#include <string.h>

static const char separators[] = ": \t\n\v\f\r";

bool mshim_preload_can_name(const char *path) {
    return path[strcspn(path, separators)] == 0 && strchr(path, '$') == NULL;
}

size_t mshim_preload_next(const char **list, const char **entry) {
    *entry = *list + strspn(*list, separators);
    const size_t length = strcspn(*entry, separators);
    *list = *entry + length;
    return length;
}

bool mshim_preload_is_own(const char *entry, size_t length, struct mshim_library *library) {
    static const char name[] = "libmshim.so";
    char path[PATH_MAX];
    library->flavour = MSHIM_NO_FLAVOUR;
    if (length >= sizeof path)
        return false;
    memcpy(path, entry, length);
    path[length] = 0;
    if (strchr(path, '/') && mshim_library_read(library, path))
        return true;
    library->flavour = MSHIM_NO_FLAVOUR;
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, name) == 0;
}

char *mshim_preload_with(const char *path, const char *list) {
    char *joined = malloc(strlen(path) + (list ? strlen(list) + 1 : 0) + 1);
    if (!joined)
        return NULL;
    strcpy(joined, path);
    char *end = joined + strlen(joined);
    const char *entry;
    for (size_t length; list && (length = mshim_preload_next(&list, &entry)) > 0;) {
        struct mshim_library other;
        if (mshim_preload_is_own(entry, length, &other))
            continue;
        *end++ = ':';
        memcpy(end, entry, length);
        end += length;
    }
    *end = 0;
    return joined;
}
