/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "strict_filter.h"

#include <mshim.h>
#include <sys/wait.h>
#include <time.h>

static struct mshim_counters counters;

static void allocate(int rounds) {
    static void *blocks[512];
    while (rounds-- > 0) {
        for (int i = 0; i < 512; i++)
            blocks[i] = malloc(opaque(i % 16 == 0 ? 1 << 19 : 1000));
        for (int i = 0; i < 512; i++)
            free(blocks[i]);
        free(realloc(malloc(opaque(3 << 20)), 7 << 20));
    }
}

/* Rounds that take so long that what the library does now and then is due. */
static int rounds_of_a_while(void) {
    int rounds = 0;
    for (const clock_t from = clock(); clock() - from < CLOCKS_PER_SEC / 5; rounds++)
        allocate(1);
    return rounds;
}

static void ask_the_library(void) {
    int (*read_counters)(struct mshim_counters *, size_t) =
        (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    int (*trim)(size_t) = (int (*)(size_t))dlsym(RTLD_DEFAULT, "malloc_trim");
    if (read_counters)
        read_counters(&counters, sizeof counters);
    if (trim)
        trim(0);
}

static void run(const char *end) {
    const int rounds = rounds_of_a_while();
    ask_the_library();
    if (!enter_strict_filter())
        _exit(77);
    allocate(rounds);
    ask_the_library();
    if (strcmp(end, "exit") == 0)
        exit(3);
    if (strcmp(end, "quick_exit") == 0)
        quick_exit(3);
    _exit(3);
}

static void run_in_child(const char *program, const char *end) {
    const pid_t pid = fork();
    if (pid == 0)
        execl(program, program, end, NULL);
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        SKIP("no seccomp filters here");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 3)
        fprintf(stderr, "%s: status %#x\n", end, (unsigned)status);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

/* Without a report, with one to a file, with one to stderr. */
int main(int argc, char **argv) {
    static const char *const reports[] = {"", "/tmp/mshim-strict-%p.json", "-"};
    static const char *const ends[] = {"exit", "quick_exit", "_exit"};
    if (argc > 1)
        run(argv[1]);
    for (int i = 0; i < 3; i++) {
        if (*reports[i])
            setenv("MSHIM_REPORT", reports[i], 1);
        for (int j = 0; j < 3; j++)
            run_in_child(argv[0], ends[j]);
    }
}
