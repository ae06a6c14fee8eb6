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
#include <sys/statfs.h>

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

/* One in so many of the files whose process id is in use is opened. Where there are more than FILES_A_LOOK files, so
 * that it takes a while, not every process looks. */
enum { IN_USE_STRIDE = 16, MIN_FILES = 8, FILES_A_LOOK = 128 };

struct candidate {
    char name[MSHIM_STATS_NAME_BYTES];
    uint64_t bytes, changed_ns;
};

static struct mshim_lock lock;
static struct candidate candidates[MAX_CANDIDATES]; /* files of dead processes, maybe */
static size_t count;

static uint64_t add(int folder, const char *name) {
    struct stat status;
    if (count == MAX_CANDIDATES || fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return 0;
    struct candidate *const candidate = &candidates[count++];
    strcpy(candidate->name, name);
    candidate->bytes = (uint64_t)status.st_blocks * 512;
    candidate->changed_ns = mshim_timespec_ns(status.st_mtim);
    return candidate->bytes;
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

static bool is_gone(pid_t pid) {
    return kill(pid, 0) != 0 && errno == ESRCH;
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

/* Calls the function for each stats file; returns how many there are. */
static size_t for_each(int folder, void (*function)(void *context, const char *name, pid_t pid),
                       void *context) {
    static _Alignas(struct entry) char buffer[16 * 1024];
    size_t files = 0;
    long length;
    if (lseek(folder, 0, SEEK_SET) != 0)
        return 0;
    while ((length = syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0)
        for (long at = 0; at < length;) {
            const struct entry *entry = (const void *)(buffer + at);
            uint64_t pid;
            if (strlen(entry->name) < MSHIM_STATS_NAME_BYTES && mshim_stats_name_parse(entry->name, &pid) &&
                pid > 0 && pid <= INT32_MAX) {
                function(context, entry->name, (pid_t)pid);
                files++;
            }
            at += entry->bytes;
        }
    return files;
}

struct collection {
    int folder;
    unsigned stride; /* of the files whose process id is in use, every so manieth is opened */
    unsigned in_use;
    uint64_t bytes; /* that dead processes hold, if those that were opened stand for all */
};

/* In another pid namespace a process of this id may be there: the lock decides (is_dead). */
static void collect_one(void *context, const char *name, pid_t pid) {
    struct collection *const collection = context;
    if (is_gone(pid))
        collection->bytes += add(collection->folder, name);
    else if (++collection->in_use % collection->stride == 0 && is_dead(collection->folder, name))
        collection->bytes += collection->stride * add(collection->folder, name);
}

/* A number that follows no pattern over the ids of processes that come after each other, and is spread evenly. */
static unsigned own_number(void) {
    const uint32_t golden = 2654435769; /* 2^32 by the golden ratio */
    return (uint32_t)getpid() * golden >> 8;
}

static uint64_t collect(int folder, unsigned stride) {
    struct collection collection = {.folder = folder, .stride = stride, .in_use = own_number() % stride};
    count = 0;
    (void)for_each(folder, collect_one, &collection);
    return collection.bytes;
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

/* True: there may be more. */
static bool remove_beyond(int folder, uint64_t max_bytes, uint64_t kept_bytes) {
    collect(folder, 1);
    const bool is_full = count == MAX_CANDIDATES;
    drop_living(folder);
    uint64_t left_bytes = all_bytes();
    if (left_bytes <= max_bytes)
        return false;
    while (left_bytes > kept_bytes && count > 0) {
        const size_t first = oldest();
        (void)unlinkat(folder, candidates[first].name, 0);
        left_bytes -= candidates[first].bytes;
        candidates[first] = candidates[--count];
    }
    return is_full;
}

static void bound(int folder, uint64_t max_bytes, uint64_t kept_bytes) {
    const int saved = errno;
    if (!mshim_try_lock(&lock))
        return;
    if (collect(folder, IN_USE_STRIDE) > max_bytes)
        while (remove_beyond(folder, max_bytes, kept_bytes))
            continue;
    mshim_unlock(&lock);
    errno = saved;
}

static void count_one(void *context, const char *name, pid_t pid) {
    (void)context, (void)name, (void)pid;
}

static size_t count_files(int folder) {
    if (!mshim_try_lock(&lock))
        return 0;
    const size_t files = for_each(folder, count_one, NULL);
    mshim_unlock(&lock);
    return files;
}

/* Most processes need not read the folder, which takes a good part of all that is done when one starts: tmpfs says in
 * constant time how much it holds, and how many files are in a folder. */
static bool is_worth_a_look(int folder) {
    enum { TMPFS = 0x01021994, TMPFS_ENTRY_BYTES = 20 /* in a folder's size */ };
    struct statfs filesystem;
    struct stat status;
    size_t files;
    if (fstatfs(folder, &filesystem) == 0 && filesystem.f_type == TMPFS && fstat(folder, &status) == 0) {
        const uint64_t blocks = filesystem.f_blocks - filesystem.f_bfree; /* 0 where it has no limit */
        files = (size_t)status.st_size / TMPFS_ENTRY_BYTES;
        if (files < MIN_FILES ||
            (blocks > 0 && blocks * (uint64_t)filesystem.f_bsize <= MSHIM_LEFTOVERS_MAX_BYTES))
            return false;
    } else {
        files = count_files(folder);
    }
    return own_number() % (files / FILES_A_LOOK + 1) == 0;
}

void mshim_leftovers_bound(int folder, bool always) {
    if (always || is_worth_a_look(folder))
        bound(folder, MSHIM_LEFTOVERS_MAX_BYTES, MSHIM_LEFTOVERS_KEPT_BYTES);
}

void mshim_leftovers_remove(int folder) {
    bound(folder, 0, 0);
}

void mshim_leftovers_fork_child(void) {
    mshim_lock_reset(&lock);
}
