/* SPDX-License-Identifier: MIT */
#include "library/process/memory_limit.h"

#include "shared/base/read_file.h"

#include <stdio.h>
#include <string.h>

/* Digits, and else ("max") no limit. */
static uint64_t limit_of(const char *text) {
    uint64_t bytes = 0;
    if (*text < '0' || *text > '9')
        return UINT64_MAX;
    for (; *text >= '0' && *text <= '9'; text++)
        if (__builtin_mul_overflow(bytes, 10, &bytes) || __builtin_add_overflow(bytes, *text - '0', &bytes))
            return UINT64_MAX;
    return bytes;
}

/* In a container the cgroup may be named as the host sees it, and lie at the root of what is mounted: so all
 * are asked from there down to the name's end, and what is not there has no limit. */
static uint64_t least_limit(const char *mounted, const char *name, const char *file) {
    char path[1024], text[32];
    uint64_t least = UINT64_MAX;
    for (const char *end = name; end; end = *end ? strchrnul(end + 1, '/') : NULL) {
        const int length = snprintf(path, sizeof path, "%s%.*s/%s", mounted, (int)(end - name), name, file);
        if (length > 0 && (size_t)length < sizeof path && mshim_read_file(path, text, sizeof text)) {
            const uint64_t limit = limit_of(text);
            least = limit < least ? limit : least;
        }
        if (end[0] == '/' && end[1] == 0)
            break;
    }
    return least;
}

/* "0::/name" in version 2, the last line; "4:memory:/name" in version 1, where other controllers may stand
 * beside. */
uint64_t mshim_memory_limit_bytes(void) {
    char groups[2048];
    if (!mshim_read_file("/proc/self/cgroup", groups, sizeof groups))
        return UINT64_MAX;
    for (char *line = groups, *next; line; line = next) {
        if ((next = strchr(line, '\n')))
            *next++ = 0;
        const char *controllers = strchr(line, ':');
        const char *name = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!name)
            continue;
        const char *memory = strstr(controllers, "memory");
        if (memory && memory < name)
            return least_limit("/sys/fs/cgroup/memory", name + 1, "memory.limit_in_bytes");
        if (name == controllers + 1)
            return least_limit("/sys/fs/cgroup", name + 1, "memory.max");
    }
    return UINT64_MAX;
}
