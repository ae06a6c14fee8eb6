/* SPDX-License-Identifier: MIT */
/*
 * killer FOLDER VICTIM LIBRARY COUNT THREADS ROUNDS: starts the victim under the library COUNT times, kills
 * it at a random moment, and compares its stats file with what it wrote down of itself. Reads stats files by
 * mshim/stats.h alone.
 */
#include "../../programs/check.h"
#include "progress.h"

#include <dirent.h>
#include <fcntl.h>
#include <mshim/stats.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { LONGEST_US = 12000 };

static const char *folder, *victim, *library, *threads_text, *rounds_text;
static unsigned threads, read_files, compared_threads;
static char progress_path[4096], folder_path[4096], stats_path[8192];
static struct progress *progress;
static int wrong;

#define WRONG(...)                                                                                           \
    do {                                                                                                     \
        fprintf(stderr, __VA_ARGS__);                                                                        \
        wrong++;                                                                                             \
    } while (0)

static pid_t start(void) {
    memset(progress, 0, sizeof *progress);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        setenv("LD_PRELOAD", library, 1);
        setenv("MSHIM_DIR", folder, 1);
        execl(victim, victim, progress_path, threads_text, rounds_text, (char *)NULL);
        _exit(1);
    }
    return pid;
}

/* How many entries its folder has; stats_path is one of them. */
static int find_stats(void) {
    DIR *directory = opendir(folder_path);
    int found = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));)
        if (entry->d_name[0] != '.') {
            snprintf(stats_path, sizeof stats_path, "%s/%s", folder_path, entry->d_name);
            found++;
        }
    if (directory)
        closedir(directory);
    return found;
}

static bool is_within(uint64_t value, const struct step *step, uint64_t unit) {
    return value >= step->done * unit && value <= step->begun * unit;
}

/* The one record that has this thread's size class. */
static void compare(const struct mshim_stats *stats, const struct mshim_stats_record *more, unsigned thread) {
    const uint64_t size = size_of_thread(thread), class = size / 16;
    const struct mshim_stats_record *record = NULL;
    for (uint32_t i = 0; i < stats->records_in_use; i++) {
        const struct mshim_stats_record *other =
            i < MSHIM_STATS_FIRST_RECORDS ? &stats->records[i] : &more[i - MSHIM_STATS_FIRST_RECORDS];
        if (other->sizes[class] == 0)
            continue;
        if (record)
            WRONG("thread %u has two records\n", thread);
        record = other;
    }
    const struct step *mallocs = &progress->threads[thread].mallocs,
                      *frees = &progress->threads[thread].frees,
                      *callocs = &progress->threads[thread].callocs,
                      *reallocs = &progress->threads[thread].reallocs;
    if (!record) {
        if (mallocs->done > 0)
            WRONG("thread %u made %llu calls and has no record\n", thread, (unsigned long long)mallocs->done);
        return;
    }
    const struct step all = {mallocs->begun + callocs->begun + reallocs->begun,
                             mallocs->done + callocs->done + reallocs->done};
    const uint64_t reallocated = record->requested_bytes[MSHIM_FUNCTION_realloc];
    if (!is_within(record->sizes[class], &all, 1) ||
        !is_within(record->requested_bytes[MSHIM_FUNCTION_malloc], mallocs, size) ||
        !is_within(record->calls[MSHIM_FUNCTION_calloc], callocs, 1) ||
        !is_within(record->requested_bytes[MSHIM_FUNCTION_calloc], callocs, size) ||
        !is_within(record->calls[MSHIM_FUNCTION_realloc], reallocs, 1) ||
        !is_within(reallocated, reallocs, size - 1) ||
        !is_within(record->calls[MSHIM_FUNCTION_free], frees, 1))
        WRONG("thread %u: %llu calls, %llu of calloc, %llu of realloc, %llu of free; done were %llu, %llu, "
              "%llu, %llu\n",
              thread, (unsigned long long)record->sizes[class],
              (unsigned long long)record->calls[MSHIM_FUNCTION_calloc],
              (unsigned long long)record->calls[MSHIM_FUNCTION_realloc],
              (unsigned long long)record->calls[MSHIM_FUNCTION_free], (unsigned long long)all.done,
              (unsigned long long)callocs->done, (unsigned long long)reallocs->done,
              (unsigned long long)frees->done);
    compared_threads++;
}

static void look(pid_t pid, bool was_killed) {
    const int found = find_stats();
    if (found == 0)
        return; /* killed before it was there, or ended */
    if (found > 1)
        WRONG("%d files in the folder\n", found);
    struct stat status;
    const int fd = open(stats_path, O_RDONLY);
    CHECK(fd >= 0 && fstat(fd, &status) == 0);
    const struct mshim_stats *stats = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(stats != MAP_FAILED);
    if (stats->magic != MSHIM_STATS_MAGIC || stats->format != MSHIM_STATS_FORMAT ||
        stats->size_bytes != sizeof *stats || stats->pid != (uint64_t)pid)
        WRONG("%s is no stats file of %d\n", stats_path, (int)pid);
    if (flock(fd, LOCK_SH | LOCK_NB) != 0)
        WRONG("%s is of a dead process and locked\n", stats_path);
    if (stats->state == MSHIM_STATS_RUNNING && !was_killed)
        WRONG("it ended, and its stats file says that it runs\n");
    for (unsigned thread = 0; thread < threads; thread++)
        compare(stats, (const void *)((const char *)stats + stats->size_bytes), thread);
    munmap((void *)stats, (size_t)status.st_size);
    close(fd);
    unlink(stats_path);
    read_files++;
}

int main(int argc, char **argv) {
    CHECK(argc == 7);
    folder = argv[1], victim = argv[2], library = argv[3], threads_text = argv[5], rounds_text = argv[6];
    threads = (unsigned)atoi(threads_text);
    snprintf(progress_path, sizeof progress_path, "%s/progress", folder);
    snprintf(folder_path, sizeof folder_path, "%s/mshim-%u", folder, (unsigned)geteuid());
    const int fd = open(progress_path, O_RDWR | O_CREAT, 0600);
    CHECK(fd >= 0 && ftruncate(fd, sizeof *progress) == 0);
    progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(progress != MAP_FAILED);
    srandom((unsigned)getpid());
    for (int i = 0; i < atoi(argv[4]); i++) {
        const pid_t pid = start();
        usleep((useconds_t)(random() % LONGEST_US));
        kill(pid, SIGKILL);
        int end = 0;
        CHECK(waitpid(pid, &end, 0) == pid);
        if (!(WIFSIGNALED(end) && WTERMSIG(end) == SIGKILL) && !(WIFEXITED(end) && WEXITSTATUS(end) == 5))
            WRONG("the victim ended with %x\n", (unsigned)end);
        look(pid, WIFSIGNALED(end));
    }
    unlink(progress_path);
    printf("%u %u\n", read_files, compared_threads);
    return wrong ? 1 : 0;
}
