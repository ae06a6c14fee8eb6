/* SPDX-License-Identifier: MIT */
#include "library/stats_file/identity.h"

#include "shared/base/decimal.h"
#include "shared/base/read_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Field 22 of /proc/self/stat, counted from behind the program's name, which may hold anything. */
static uint64_t start_ticks(void) {
    char text[1024];
    if (!mshim_read_file("/proc/self/stat", text, sizeof text))
        return 0;
    const char *at = strrchr(text, ')');
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    return at ? mshim_decimal_read(at + 1) : 0;
}

static unsigned nibble(char digit) {
    return digit >= 'a' ? (unsigned)(digit - 'a') + 10 : (unsigned)(digit - '0');
}

/* Hexadecimal digits with dashes; a forked child has its parent's. */
static void read_boot_id(uint8_t id[16]) {
    static char text[64];
    if (!text[0])
        (void)mshim_read_file("/proc/sys/kernel/random/boot_id", text, sizeof text);
    unsigned count = 0;
    for (const char *at = text; *at && *at != '\n' && count < 32; at++)
        if (*at != '-') {
            id[count / 2] = (uint8_t)(id[count / 2] << 4 | nibble(*at));
            count++;
        }
}

/* A forked child has its parent's, unless its parent is not in its namespace: then it has no number there. */
static uint64_t pid_namespace(uint64_t parent_pid) {
    static uint64_t known;
    struct stat status;
    if (known != 0 && parent_pid != 0)
        return known;
    return known = fstatat(AT_FDCWD, "/proc/self/ns/pid", &status, 0) == 0 ? (uint64_t)status.st_ino : 0;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t count) {
    for (const uint8_t *at = bytes; count-- > 0; at++)
        hash = (hash ^ *at) * 0x100000001b3u;
    return hash;
}

/* The same for every image that the process becomes by exec, and for no other process. Without the start time
 * it must be the clock that tells them apart. */
static uint64_t make_id(const struct mshim_stats *stats) {
    uint64_t hash = mix(0xcbf29ce484222325u, stats->boot_id, sizeof stats->boot_id);
    hash = mix(hash, &stats->pid_namespace, sizeof stats->pid_namespace);
    hash = mix(hash, &stats->start_ticks, sizeof stats->start_ticks);
    hash = mix(hash, &stats->pid, sizeof stats->pid);
    if (stats->start_ticks == 0)
        hash = mix(hash, &stats->started_unix_ns, sizeof stats->started_unix_ns);
    return hash ? hash : 1;
}

void mshim_identity_fill(struct mshim_stats *stats) {
    memset(stats->boot_id, 0, sizeof stats->boot_id);
    read_boot_id(stats->boot_id);
    stats->pid = (uint64_t)getpid();
    stats->parent_pid = (uint64_t)getppid();
    stats->pid_namespace = pid_namespace(stats->parent_pid);
    stats->start_ticks = start_ticks();
    stats->id = make_id(stats);
}
