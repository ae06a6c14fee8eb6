/* SPDX-License-Identifier: MIT */
#include "library/stats_file/leftovers.h"

#include "shared/base/clock.h"
#include "shared/stats/name.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As the kernel gives them (opendir would allocate). */
struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short bytes;
    unsigned char type;
    char name[];
};

/* As many as are looked at in one go; what is beyond is left to the next process. */
enum { CANDIDATES = 512 };

static struct {
    char name[MSHIM_STATS_NAME_BYTES];
    uint64_t changed_ns;
} candidates[CANDIDATES];
static size_t count;

static void for_each_stats_file(int folder, void (*function)(const char *name, pid_t pid)) {
    static _Alignas(struct entry) char buffer[16 * 1024];
    long bytes;
    if (lseek(folder, 0, SEEK_SET) != 0)
        return;
    while ((bytes = syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < bytes;) {
            const struct entry *entry = (const void *)(buffer + at);
            uint64_t pid;
            if (strlen(entry->name) < MSHIM_STATS_NAME_BYTES && mshim_stats_name_parse(entry->name, &pid))
                function(entry->name, (pid_t)pid);
            at += entry->bytes;
        }
    }
}

static void count_one(const char *name, pid_t pid) {
    (void)name, (void)pid;
    count++;
}

/* In another namespace a process of this id may be there; the lock will tell. */
static void add_if_gone(const char *name, pid_t pid) {
    if (count < CANDIDATES && pid > 0 && kill(pid, 0) != 0 && errno == ESRCH)
        strcpy(candidates[count++].name, name);
}

static bool is_dead(int folder, size_t index) {
    struct stat status;
    const int fd = openat(folder, candidates[index].name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return false;
    const bool dead = flock(fd, LOCK_SH | LOCK_NB) == 0 && fstat(fd, &status) == 0;
    close(fd);
    if (dead)
        candidates[index].changed_ns = mshim_timespec_ns(status.st_mtim);
    return dead;
}

static size_t oldest(void) {
    size_t found = 0;
    for (size_t i = 1; i < count; i++)
        if (candidates[i].changed_ns < candidates[found].changed_ns)
            found = i;
    return found;
}

/* On tmpfs, where reading a folder takes longer than all else at the start of a process: the size of a folder is 20 bytes for
 * each entry. Whatever cannot be such a size says nothing. */
static bool may_have_many(int folder) {
    enum { TMPFS_ENTRY_BYTES = 20 };
    struct stat status;
    return fstat(folder, &status) != 0 || status.st_size == 0 || status.st_size % TMPFS_ENTRY_BYTES != 0 ||
           status.st_size > (off_t)MSHIM_LEFTOVERS_FILES * TMPFS_ENTRY_BYTES;
}

void mshim_leftovers_bound(int folder) {
    if (!may_have_many(folder))
        return;
    count = 0;
    for_each_stats_file(folder, count_one);
    if (count <= MSHIM_LEFTOVERS_FILES)
        return;
    count = 0;
    for_each_stats_file(folder, add_if_gone);
    for (size_t i = 0; i < count && count > MSHIM_LEFTOVERS_KEPT;)
        if (is_dead(folder, i))
            i++;
        else
            candidates[i] = candidates[--count];
    while (count > MSHIM_LEFTOVERS_KEPT) {
        const size_t first = oldest();
        (void)unlinkat(folder, candidates[first].name, 0);
        candidates[first] = candidates[--count];
    }
}
