/* SPDX-License-Identifier: MIT */
/* Programs that misuse the heap in a child, and look how it ended and what it said. */
#ifndef MSHIM_TESTS_MISTAKES_H
#define MSHIM_TESTS_MISTAKES_H

#include "check.h"

#include <signal.h>
#include <sys/wait.h>

/* How a child ended that did this; what it said is in `said`. */
static inline int end_of(void (*mistake)(size_t), size_t size, char *said, size_t capacity) {
    enum { SECONDS = 10 };
    int pipe_ends[2], status;
    size_t used = 0;
    CHECK(pipe(pipe_ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
        dup2(pipe_ends[1], STDERR_FILENO);
        close(pipe_ends[0]);
        close(pipe_ends[1]);
        alarm(SECONDS);
        mistake(opaque(size));
        _exit(0);
    }
    close(pipe_ends[1]);
    for (ssize_t got; (got = read(pipe_ends[0], said + used, capacity - 1 - used)) > 0;)
        used += (size_t)got;
    said[used] = 0;
    close(pipe_ends[0]);
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

/* The libcs' own allocators look after themselves, in their own words, and do not see everything. */
static inline bool is_hardened_by_the_shim(void) {
    const char *name = getenv("MSHIM_ALLOCATOR");
    return is_preloaded() && (!name || strcmp(name, "mimalloc") == 0 || strcmp(name, "jemalloc") == 0);
}

/* Each size ends in SIGABRT after one line that begins with `words`. */
static inline void check_told(const char *name, void (*mistake)(size_t), const size_t *sizes, size_t count,
                              const char *words) {
    char said[4096];
    for (size_t i = 0; i < count; i++) {
        const int status = end_of(mistake, sizes[i], said, sizeof said);
        const char *const end = strchr(said, '\n');
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && strncmp(said, words, strlen(words)) == 0 &&
            end && end[1] == 0)
            continue;
        fprintf(stderr, "%s, %zu bytes: status %x, said \"%s\"\n", name, sizes[i], (unsigned)status, said);
        _exit(1);
    }
}

#endif
