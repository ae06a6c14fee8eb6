/* SPDX-License-Identifier: MIT */
/*
 * Does what its words say, one after another. A process that says that it is up waits for the end of stdin.
 *
 *     calls N            malloc(100) and free, N times
 *     threads N M        N threads that do so M times each, and are all there before the first one ends
 *     fork, _fork        a child goes on with the words behind, its parent waits for it
 *     vfork, spawn       so does a new image in a child
 *     exec               so does a new image of this process
 *     clone              a child by clone(2), which ends at once by _exit
 *     nobody             gives up root
 *     environment        prints LD_PRELOAD
 *     up                 prints its process id and waits
 */
#include "../../programs/check.h"

#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char **environ;
extern pid_t _Fork(void) __attribute__((weak));

static char **words;
static char *self;
static pthread_barrier_t all_there;

static void call(int times) {
    for (int i = 0; i < times; i++)
        free(malloc(opaque(100)));
}

static void *work(void *times) {
    call((int)(intptr_t)times);
    pthread_barrier_wait(&all_there);
    return NULL;
}

static void run_threads(int count, int times) {
    static pthread_t threads[1000];
    CHECK(count <= 1000 && pthread_barrier_init(&all_there, NULL, (unsigned)count) == 0);
    for (int i = 0; i < count; i++)
        CHECK(pthread_create(&threads[i], NULL, work, (void *)(intptr_t)times) == 0);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void wait_for(pid_t pid) {
    int status;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int number(void) {
    return atoi(*words++);
}

/* The words behind are those of the new image. */
static char **image(void) {
    *--words = self;
    return words;
}

static void act(const char *word) {
    char line[32];
    pid_t pid = 0;
    if (strcmp(word, "calls") == 0) {
        call(number());
    } else if (strcmp(word, "threads") == 0) {
        const int count = number();
        run_threads(count, number());
    } else if (strcmp(word, "fork") == 0 || strcmp(word, "_fork") == 0) {
        if ((pid = word[0] == '_' ? _Fork() : fork()) == 0)
            return;
        wait_for(pid);
        exit(0);
    } else if (strcmp(word, "vfork") == 0) {
        if ((pid = vfork()) == 0) {
            execv(self, image());
            _exit(127);
        }
        wait_for(pid);
        exit(0);
    } else if (strcmp(word, "spawn") == 0) {
        CHECK(posix_spawn(&pid, self, NULL, NULL, image(), environ) == 0);
        wait_for(pid);
        exit(0);
    } else if (strcmp(word, "exec") == 0) {
        execv(self, image());
        CHECK(false);
    } else if (strcmp(word, "clone") == 0) {
        if ((pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) == 0)
            _exit(0);
        wait_for(pid);
    } else if (strcmp(word, "nobody") == 0) {
        CHECK(setgid(65534) == 0 && setuid(65534) == 0);
    } else if (strcmp(word, "environment") == 0) {
        const char *preload = getenv("LD_PRELOAD");
        dprintf(1, "%s\n", preload ? preload : "none");
    } else if (strcmp(word, "up") == 0) {
        dprintf(1, "%d\n", (int)getpid());
        while (read(0, line, sizeof line) > 0)
            continue;
    } else {
        CHECK(!"a word that is known");
    }
}

int main(int argc, char **argv) {
    (void)argc;
    self = argv[0];
    words = argv + 1;
    while (*words)
        act(*words++);
    return 0;
}
