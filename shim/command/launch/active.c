/* SPDX-License-Identifier: MIT */
#include "command/launch/active.h"

#include "command/launch/preload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is wrong with an entry that is meant to be the library; false if nothing is. */
static bool is_wrong(const char *path, const struct mshim_library *library, enum mshim_flavour program,
                     char *why, size_t size) {
    if (library->flavour == MSHIM_NO_FLAVOUR && !strchr(path, '/'))
        snprintf(why, size, "LD_PRELOAD names %s, which needs its folder in front", path);
    else if (library->flavour == MSHIM_NO_FLAVOUR && access(path, R_OK) != 0)
        snprintf(why, size, "LD_PRELOAD names %s, which cannot be read: %s", path, strerror(errno));
    else if (library->flavour == MSHIM_NO_FLAVOUR)
        snprintf(why, size, "LD_PRELOAD names %s, which is no library of this machine", path);
    else if (program != MSHIM_NO_FLAVOUR && program != library->flavour)
        snprintf(why, size, "it runs on %s, and LD_PRELOAD names %s, which is for %s",
                 mshim_flavour_name(program), path, mshim_flavour_name(library->flavour));
    else
        return false;
    return true;
}

bool mshim_preload_is_active(const char *list, enum mshim_flavour program, struct mshim_library *library,
                             char *why, size_t size) {
    const char *entry;
    size_t length;
    if (!list || !*list) {
        snprintf(why, size, "LD_PRELOAD is not set");
        return false;
    }
    snprintf(why, size, "LD_PRELOAD names no libmshim.so");
    while ((length = mshim_preload_next(&list, &entry)) > 0) {
        char path[PATH_MAX];
        if (!mshim_preload_is_own(entry, length, library))
            continue;
        snprintf(path, sizeof path, "%.*s", (int)length, entry);
        if (!is_wrong(path, library, program, why, size))
            return true;
    }
    return false;
}
