/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <fcntl.h>
#include <mshim.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct mshim_counters counters;

static void *allocate(void *unused) {
    for (size_t size = 1; size < 1 << 23; size *= 2)
        free(realloc(malloc(opaque(size)), size * 2));
    return unused;
}

/* A daemon closes everything; what it opens then has the numbers that were closed. */
static int be_a_daemon(const char *path) {
    int (*read_counters)(struct mshim_counters *, size_t) =
        (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    int (*trim)(size_t) = (int (*)(size_t))dlsym(RTLD_DEFAULT, "malloc_trim");
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    for (int fd = 0; fd < 40; fd++)
        if (open(path, O_RDWR | O_CREAT | O_APPEND, 0600) != fd)
            return __LINE__;
    FILE *again = fdopen(1, "a");
    pthread_t thread;
    allocate(NULL);
    if (pthread_create(&thread, NULL, allocate, NULL) != 0 || pthread_join(thread, NULL) != 0)
        return __LINE__;
    if (read_counters)
        read_counters(&counters, sizeof counters);
    if (trim)
        trim(0);
    if (!again || fputs("program's", again) < 0 || fclose(again) != 0)
        return __LINE__;
    for (int fd = 0; fd < 40; fd++)
        if (fd != 1 && fcntl(fd, F_GETFD) == -1)
            return __LINE__;
    exit(0); /* what is done at the end is done now */
}

int main(void) {
    char path[] = "/tmp/mshim-closed-XXXXXX", text[64] = "";
    CHECK(close(mkstemp(path)) == 0);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0)
        _exit(be_a_daemon(path));
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid);
    const int fd = open(path, O_RDONLY);
    CHECK(unlink(path) == 0 && read(fd, text, sizeof text) == 9 && strcmp(text, "program's") == 0);
    if (status != 0)
        fprintf(stderr, "the daemon failed in line %d\n", WEXITSTATUS(status));
    CHECK(status == 0);
}
