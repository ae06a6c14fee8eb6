/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <sys/resource.h>
#include <sys/wait.h>

static int work(void) {
    char *kept = NULL;
    for (size_t size = 1; size < 4 << 20; size *= 3) {
        char *block = malloc(opaque(size));
        if (!block)
            return 10;
        memset(block, 1, size);
        kept = realloc(kept, size);
        if (!kept)
            return 11;
        free(block);
    }
    free(kept);
    return 9;
}

static const struct {
    const char *name;
    int kind;
    rlim_t value;
} limits[] = {
    {"address space", RLIMIT_AS, 64 << 20}, {"data", RLIMIT_DATA, 64 << 20},
    {"file size", RLIMIT_FSIZE, 0},         {"stack", RLIMIT_STACK, 128 << 10},
    {"memory lock", RLIMIT_MEMLOCK, 0},     {"core", RLIMIT_CORE, 0},
    {"descriptors", RLIMIT_NOFILE, 4},      {"processes", RLIMIT_NPROC, 1},
    {"signals", RLIMIT_SIGPENDING, 0},      {"message queues", RLIMIT_MSGQUEUE, 0},
};

/* The limits are there when the process begins, as a service manager sets them. mimalloc takes 32 MiB at a
 * time. */
int main(int argc, char **argv) {
    if (argc > 1)
        return work();
    int wrong = 0;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            for (int fd = 3; fd < 256; fd++) /* whoever starts the test may leave some open */
                close(fd);
            const struct rlimit limit = {limits[i].value, limits[i].value};
            CHECK(setrlimit(limits[i].kind, &limit) == 0);
            execl(argv[0], argv[0], "limited", (char *)NULL);
            _exit(1);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 9) {
            fprintf(stderr, "limit of %s: wait status 0x%x\n", limits[i].name, (unsigned)status);
            wrong = 1;
        }
    }
    return wrong;
}
