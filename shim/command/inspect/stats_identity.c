/* SPDX-License-Identifier: MIT */
#include "command/inspect/stats_identity.h"

#include "command/inspect/proc_stat.h"
#include "command/inspect/process_facts.h"
#include "shared/base/decimal.h"
#include "shared/base/read_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* In /proc/locks there can be as many lines as somebody cares to make. */
enum { MAX_LOCKS = 65536 };

enum mapped { MAPPED, NOT_MAPPED, UNKNOWN };

/* On some file systems the device in /proc/PID/maps is not the one that stat tells: the kernel's link to the
 * mapped file decides then, where it may be followed. */
static enum mapped compare_link(pid_t pid, const char *range, const struct stat *file) {
    char path[128];
    struct stat mapped;
    snprintf(path, sizeof path, "/proc/%ld/map_files/%.*s", (long)pid, (int)strcspn(range, " "), range);
    if (stat(path, &mapped) != 0)
        return UNKNOWN;
    return mapped.st_dev == file->st_dev && mapped.st_ino == file->st_ino ? MAPPED : NOT_MAPPED;
}

/* The field `number` of a line of /proc, from 0 on; "" where there are fewer. */
static const char *field(const char *line, unsigned number) {
    for (; number > 0; number--) {
        line += strcspn(line, " ");
        line += strspn(line, " ");
    }
    return line;
}

/* Does the text name the file as /proc does: "MAJOR:MINOR INODE", or with a colon? Its device may differ: then
 * *same_device is false. */
static bool names_file(const char *text, const struct stat *file, bool *same_device) {
    char *end;
    const unsigned long device_major = strtoul(text, &end, 16);
    const unsigned long device_minor = *end == ':' ? strtoul(end + 1, &end, 16) : 0;
    const bool has_inode = *end == ':' || *end == ' ';
    *same_device = makedev((unsigned)device_major, (unsigned)device_minor) == file->st_dev;
    return has_inode && strtoull(end + 1, NULL, 10) == file->st_ino;
}

static enum mapped is_mapped(pid_t pid, const struct stat *file) {
    char path[64], *line = NULL;
    size_t capacity = 0;
    enum mapped found = NOT_MAPPED;
    snprintf(path, sizeof path, "/proc/%ld/maps", (long)pid);
    FILE *const maps = fopen(path, "re");
    if (!maps)
        return UNKNOWN;
    while (found != MAPPED && getline(&line, &capacity, maps) > 0) {
        bool same_device;
        if (!names_file(field(line, 3), file, &same_device))
            continue;
        if (same_device)
            found = MAPPED;
        else if (compare_link(pid, line, file) != NOT_MAPPED)
            found = compare_link(pid, line, file);
    }
    if (ferror(maps))
        found = UNKNOWN;
    free(line);
    fclose(maps);
    return found;
}

/* Root's files nobody else can have written; else one of the process's own users must have. */
static bool has_owner(pid_t pid, const struct stat *file) {
    char status[4096];
    (void)mshim_proc_text_read(pid, "status", status, sizeof status);
    const char *at = strstr(status, "\nUid:");
    bool has = at && file->st_uid == 0;
    at = at ? at + strlen("\nUid:") : "";
    for (unsigned i = 0; i < 3; i++) { /* real, effective, saved */
        char *end;
        const unsigned long user = strtoul(at, &end, 10);
        has |= end != at && user == file->st_uid;
        at = end;
    }
    return has;
}

bool mshim_stats_is_of(const struct stat *file, pid_t pid) {
    const enum mapped mapped = is_mapped(pid, file);
    return mapped == MAPPED || (mapped == UNKNOWN && has_owner(pid, file));
}

/* Who holds the lock on the file, as far as it is to be seen from here; 0: not known. */
static pid_t holder_of(const struct stat *file) {
    char line[256];
    pid_t holder = 0;
    FILE *const locks = fopen("/proc/locks", "re");
    for (unsigned i = 0; locks && holder == 0 && i < MAX_LOCKS && fgets(line, sizeof line, locks); i++) {
        bool same_device;
        if (strncmp(field(line, 1), "FLOCK ", 6) == 0 && strncmp(field(line, 3), "WRITE ", 6) == 0 &&
            names_file(field(line, 5), file, &same_device) && same_device)
            holder = (pid_t)mshim_decimal_read(field(line, 4));
    }
    if (locks)
        fclose(locks);
    return holder;
}

static bool is_of_this_boot(const struct mshim_stats *stats) {
    static char own[64];
    char its[64];
    size_t used = 0;
    if (!*own)
        (void)mshim_read_file("/proc/sys/kernel/random/boot_id", own, sizeof own);
    for (size_t i = 0; i < sizeof stats->boot_id; i++)
        used += (size_t)snprintf(its + used, sizeof its - used, "%s%02x",
                                 i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", stats->boot_id[i]);
    return strncmp(own, its, used) == 0;
}

/* Has the process id been another process's for as long as the dead one can have lived? */
static bool cannot_have_been(const struct mshim_stats *stats) {
    struct mshim_proc_stat stat;
    return mshim_process_other_namespace(stats) == MSHIM_ABSENT && stats->pid > 0 && stats->pid <= INT_MAX &&
           is_of_this_boot(stats) && mshim_proc_stat_read(&stat, (pid_t)stats->pid) &&
           stat.started_ticks <= stats->start_ticks && !mshim_process_owns_stats(stats, 0);
}

/* Is the process `holder`, as it is called here, called in its own namespace what the file says? */
static bool is_called(pid_t holder, const struct mshim_stats *stats) {
    char path[64];
    struct stat name_space;
    snprintf(path, sizeof path, "/proc/%ld/ns/pid", (long)holder);
    return mshim_process_inner_pid(holder) == stats->pid &&
           (stats->pid_namespace == 0 || stat(path, &name_space) != 0 ||
            name_space.st_ino == stats->pid_namespace) &&
           (stats->start_ticks == 0 || mshim_process_owns_stats(stats, holder));
}

static enum mshim_identity identify_by_lock(const struct mshim_stats *stats, const struct stat *file) {
    const pid_t holder = holder_of(file);
    if (holder == 0)
        return MSHIM_IDENTITY_CLAIMED;
    return is_called(holder, stats) && mshim_stats_is_of(file, holder) ? MSHIM_IDENTITY_PROVEN
                                                                       : MSHIM_IDENTITY_FALSE;
}

enum mshim_identity mshim_stats_identify(const struct mshim_stats_copy *copy, const struct stat *file) {
    const struct mshim_stats *const stats = copy->stats;
    if (copy->life == MSHIM_LIFE_ENDED || copy->life == MSHIM_LIFE_DIED)
        return cannot_have_been(stats) ? MSHIM_IDENTITY_FALSE : MSHIM_IDENTITY_CLAIMED;
    if (mshim_process_other_namespace(stats) != MSHIM_ABSENT || stats->pid_namespace == 0)
        return identify_by_lock(stats, file);
    if (stats->pid == 0 || stats->pid > INT_MAX ||
        (stats->start_ticks != 0 && !mshim_process_owns_stats(stats, 0)))
        return MSHIM_IDENTITY_FALSE;
    if (copy->life == MSHIM_LIFE_REPLACED) /* by a program that has not mapped it */
        return has_owner((pid_t)stats->pid, file) ? MSHIM_IDENTITY_CLAIMED : MSHIM_IDENTITY_FALSE;
    return mshim_stats_is_of(file, (pid_t)stats->pid) ? MSHIM_IDENTITY_PROVEN : MSHIM_IDENTITY_FALSE;
}
