/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Descriptors, threads, signals, limits, umask, folder, attributes of the process: as text. */
static int tell(void) {
    struct dirent *entry;
    int threads = 0;
    DIR *folder = opendir("/proc/self/task");
    while (folder && (entry = readdir(folder)))
        threads += entry->d_name[0] != '.';
    closedir(folder);
    printf("threads %d\n", threads);
    for (int fd = 0; fd < 256; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("descriptor %d flags %d\n", fd, fcntl(fd, F_GETFD));
    for (int number = 1; number < 65; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0)
            printf("signal %d %d\n", number,
                   action.sa_handler == SIG_DFL   ? 0
                   : action.sa_handler == SIG_IGN ? 1
                                                  : 2);
    }
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number < 65; number++)
        printf("%d", sigismember(&mask, number));
    stack_t stack;
    sigaltstack(NULL, &stack);
    printf("\nsignal stack %d\n", stack.ss_flags);
    for (int kind = 0; kind < RLIM_NLIMITS; kind++) {
        struct rlimit limit = {0, 0};
        getrlimit(kind, &limit);
        printf("limit %d %llu %llu\n", kind, (unsigned long long)limit.rlim_cur,
               (unsigned long long)limit.rlim_max);
    }
    char path[4096], name[64] = "";
    prctl(PR_GET_NAME, name);
    printf("umask %o folder %s name %s dumpable %d errno %d alarm %u\n", umask(0), getcwd(path, sizeof path),
           name, prctl(PR_GET_DUMPABLE), 0, alarm(0));
    return 0;
}

/* What this process may have been left with, being preloaded itself, is not handed on. */
static void begin_clean(void) {
    sigset_t none;
    for (int number = 1; number < 65; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int kind = 0; kind < RLIM_NLIMITS; kind++) {
        struct rlimit limit;
        if (kind != RLIMIT_STACK && getrlimit(kind, &limit) == 0) {
            limit.rlim_cur = limit.rlim_max;
            setrlimit(kind, &limit);
        }
    }
    umask(022);
}

static size_t start(const char *program, const char *preload, char *text, size_t room) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        if (preload)
            setenv("LD_PRELOAD", preload, 1);
        else
            unsetenv("LD_PRELOAD");
        begin_clean();
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execl(program, program, "tell", (char *)NULL);
        _exit(1);
    }
    close(ends[1]);
    size_t length = 0;
    ssize_t got;
    while ((got = read(ends[0], text + length, room - length - 1)) > 0)
        length += (size_t)got;
    text[length] = 0;
    close(ends[0]);
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    return length;
}

int main(int argc, char **argv) {
    if (argc > 1)
        return tell();
    const char *preload = getenv("LD_PRELOAD");
    if (!preload)
        SKIP("not preloaded");
    static char bare[65536], shim[65536];
    CHECK(start(argv[0], NULL, bare, sizeof bare) > 1000);
    start(argv[0], preload, shim, sizeof shim);
    if (strcmp(bare, shim) != 0) {
        fprintf(stderr, "bare:\n%s\nwith the shim:\n%s\n", bare, shim);
        return 1;
    }
}
