/* SPDX-License-Identifier: MIT */
#include "library/stats_file/leftovers.h"

#include "library/stats_file/identity.h"
#include "shared/base/clock.h"
#include "shared/base/lock.h"
#include "shared/base/system_calls.h"
#include "shared/stats/name.h"

#include <errno.h>
#include <fcntl.h>
#include <mshim/stats.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* As getdents64(2) gives them: opendir would allocate. */
struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short bytes;
    unsigned char type;
    char name[];
};

/* Considered in one go; what is beyond is left to the next process. */
enum { MAX_CANDIDATES = 512 };

/* One in so many of the files whose process id is in use is opened. */
enum { IN_USE_STRIDE = 16 };

struct candidate {
    char name[MSHIM_STATS_NAME_BYTES];
    uint64_t bytes, changed_ns;
};

static struct mshim_lock lock;
static struct candidate candidates[MAX_CANDIDATES]; /* files of dead processes, maybe */
static size_t count;

static void add(int folder, const char *name) {
    struct stat status;
    if (count == MAX_CANDIDATES || fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    struct candidate *const candidate = &candidates[count++];
    strcpy(candidate->name, name);
    candidate->bytes = (uint64_t)status.st_blocks * 512;
    candidate->changed_ns = mshim_timespec_ns(status.st_mtim);
}

static uint64_t all_bytes(void) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += candidates[i].bytes;
    return bytes;
}

/* The process holds a lock on its file, and writes the magic after it has got that. */
static bool is_in_use(int fd) {
    uint64_t magic = 0;
    const bool is_whole =
        mshim_pread(fd, &magic, sizeof magic, offsetof(struct mshim_stats, magic)) == (ssize_t)sizeof magic &&
        magic == MSHIM_STATS_MAGIC;
    return !is_whole || flock(fd, LOCK_SH | LOCK_NB) != 0;
}

/* Whether the process of this id is the one that the file is of: false where it only waits to be waited for. */
static bool process_is_there(int fd, pid_t pid) {
    uint64_t start_ticks = 0, now_ticks;
    char state;
    (void)mshim_pread(fd, &start_ticks, sizeof start_ticks, offsetof(struct mshim_stats, start_ticks));
    if (!mshim_identity_of(pid, &state, &now_ticks))
        return true;
    return state != 'Z' && state != 'X' && (start_ticks == 0 || start_ticks == now_ticks);
}

static bool is_dead(int folder, const char *name) {
    uint64_t pid = 0;
    const int fd = mshim_open_at(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0)
        return false;
    (void)mshim_stats_name_parse(name, &pid);
    const bool is_gone = kill((pid_t)pid, 0) != 0 && errno == ESRCH;
    const bool dead =
        is_gone ? flock(fd, LOCK_SH | LOCK_NB) == 0 : !is_in_use(fd) && !process_is_there(fd, (pid_t)pid);
    mshim_close(fd);
    return dead;
}

/* A process of this id may be there in another pid namespace: the lock decides (is_dead). */
static void consider(int folder, const char *name, pid_t pid, size_t *in_use) {
    if (kill(pid, 0) != 0 && errno == ESRCH)
        add(folder, name);
    else if (++*in_use % IN_USE_STRIDE == 0 && is_dead(folder, name))
        add(folder, name);
}

static void collect(int folder) {
    static _Alignas(struct entry) char buffer[16 * 1024];
    const uint32_t golden = 2654435769;                /* spreads what follows each other evenly */
    size_t in_use = (uint32_t)getpid() * golden >> 28; /* each process begins at another one */
    long bytes;
    count = 0;
    if (lseek(folder, 0, SEEK_SET) != 0)
        return;
    while ((bytes = syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < bytes;) {
            const struct entry *entry = (const void *)(buffer + at);
            uint64_t pid;
            if (strlen(entry->name) < MSHIM_STATS_NAME_BYTES && mshim_stats_name_parse(entry->name, &pid) &&
                pid > 0 && pid <= INT32_MAX)
                consider(folder, entry->name, (pid_t)pid, &in_use);
            at += entry->bytes;
        }
    }
}

static void drop_living(int folder) {
    for (size_t i = 0; i < count;)
        if (is_dead(folder, candidates[i].name))
            i++;
        else
            candidates[i] = candidates[--count];
}

static size_t oldest(void) {
    size_t found = 0;
    for (size_t i = 1; i < count; i++)
        if (candidates[i].changed_ns < candidates[found].changed_ns)
            found = i;
    return found;
}

static void bound(int folder, uint64_t max_bytes, uint64_t kept_bytes) {
    const int saved = errno;
    if (!mshim_try_lock(&lock))
        return;
    collect(folder);
    if (all_bytes() > max_bytes) {
        drop_living(folder);
        for (uint64_t left_bytes = all_bytes(); left_bytes > kept_bytes && count > 0;) {
            const size_t first = oldest();
            (void)unlinkat(folder, candidates[first].name, 0);
            left_bytes -= candidates[first].bytes;
            candidates[first] = candidates[--count];
        }
    }
    mshim_unlock(&lock);
    errno = saved;
}

void mshim_leftovers_bound(int folder) {
    bound(folder, MSHIM_LEFTOVERS_MAX_BYTES, MSHIM_LEFTOVERS_KEPT_BYTES);
}

void mshim_leftovers_remove(int folder) {
    bound(folder, 0, 0);
}

void mshim_leftovers_fork_child(void) {
    mshim_lock_reset(&lock);
}
