/* SPDX-License-Identifier: MIT */
#include "library/stats_file/identity.h"

#include "shared/base/clock.h"
#include "shared/base/read_file.h"
#include "shared/base/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fields 3 and 22 of /proc/PID/stat, counted from behind the program's name, which may hold anything. */
static bool read_stat(const char *path, char *state, uint64_t *start_ticks) {
    char text[1024];
    if (!mshim_read_file(path, text, sizeof text))
        return false;
    const char *at = strrchr(text, ')');
    if (!at || at[1] != ' ' || !at[2])
        return false;
    *state = at[2];
    for (int field = 2; at && field < 22; field++)
        at = strchr(at + 1, ' ');
    *start_ticks = at ? mshim_decimal_read(at + 1) : 0;
    return at != NULL;
}

static uint64_t start_ticks(void) {
    char state;
    uint64_t ticks;
    return read_stat("/proc/self/stat", &state, &ticks) ? ticks : 0;
}

bool mshim_identity_of(pid_t pid, char *state, uint64_t *ticks) {
    char path[sizeof "/proc//stat" + MSHIM_DECIMAL_BYTES];
    struct mshim_text text = mshim_text_in(path, sizeof path);
    mshim_text_append(&text, "/proc/");
    mshim_text_append_number(&text, (uint64_t)pid);
    mshim_text_append(&text, "/stat");
    return read_stat(path, state, ticks);
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

struct identity {
    uint64_t pid, pid_namespace, start_ticks, started_unix_ns;
    uint8_t boot_id[16];
};

static uint64_t mix(uint64_t hash, const void *bytes, size_t count) {
    for (const uint8_t *at = bytes; count-- > 0; at++)
        hash = (hash ^ *at) * 0x100000001b3u;
    return hash;
}

/* The same for every image that the process becomes by exec, and for no other process. Without the start time
 * it must be the clock that tells them apart. */
static uint64_t id_of(const struct identity *identity) {
    uint64_t hash = mix(0xcbf29ce484222325u, identity->boot_id, sizeof identity->boot_id);
    hash = mix(hash, &identity->pid_namespace, sizeof identity->pid_namespace);
    hash = mix(hash, &identity->start_ticks, sizeof identity->start_ticks);
    hash = mix(hash, &identity->pid, sizeof identity->pid);
    if (identity->start_ticks == 0)
        hash = mix(hash, &identity->started_unix_ns, sizeof identity->started_unix_ns);
    return hash ? hash : 1;
}

static struct identity own_identity(uint64_t started_unix_ns) {
    struct identity identity = {
        .pid = (uint64_t)getpid(),
        .pid_namespace = pid_namespace((uint64_t)getppid()),
        .start_ticks = start_ticks(),
        .started_unix_ns = started_unix_ns,
    };
    read_boot_id(identity.boot_id);
    return identity;
}

void mshim_identity_fill(struct mshim_stats *stats) {
    const struct identity identity = own_identity(stats->started_unix_ns);
    memcpy(stats->boot_id, identity.boot_id, sizeof stats->boot_id);
    stats->pid = identity.pid;
    stats->parent_pid = (uint64_t)getppid();
    stats->pid_namespace = identity.pid_namespace;
    stats->start_ticks = identity.start_ticks;
    stats->id = id_of(&identity);
}

uint64_t mshim_identity_id(void) {
    const struct identity identity = own_identity(mshim_clock_ns(CLOCK_REALTIME));
    return id_of(&identity);
}
