/* SPDX-License-Identifier: MIT */
/*
 * Does what its arguments say, one after another, and ends with 5. It holds a block of 1,000 bytes, so that a
 * report can be told from an empty one, and its forked children add one of 77 bytes.
 */
#include "../../programs/check.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

static char *self;
static void *volatile held;

static void *ends_the_process(void *unused) {
    (void)unused;
    exit(5);
}

static void *is_the_last(void *unused) {
    usleep(20000);
    return unused;
}

static volatile int stop;
static void *allocates(void *unused) {
    while (!stop)
        free(malloc(opaque(100)));
    return unused;
}

static void start(void *(*function)(void *)) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, function, NULL) == 0);
}

static void more(void) {
    held = malloc(opaque(77));
}

static void wait_for(pid_t pid, int expected) {
    int status;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == expected);
}

static void ends_itself(void) {
    _exit(5);
}

static void act(const char *what) {
    char *const no_command[] = {"no", NULL}, *const again[] = {self, "exit", NULL};
    pid_t pid = 0;
    if (strcmp(what, "exit") == 0) {
        exit(5);
    } else if (strcmp(what, "_exit") == 0) {
        _exit(5);
    } else if (strcmp(what, "_Exit") == 0) {
        _Exit(5);
    } else if (strcmp(what, "quick_exit") == 0) {
        quick_exit(5);
    } else if (strcmp(what, "atexit") == 0) {
        atexit(more);
    } else if (strcmp(what, "atexit_exits") == 0) {
        atexit(ends_itself);
    } else if (strcmp(what, "exit_from_thread") == 0) {
        start(ends_the_process);
        pause();
    } else if (strcmp(what, "busy") == 0) {
        for (int i = 0; i < 3; i++)
            start(allocates);
    } else if (strcmp(what, "churn") == 0) {
        for (int i = 0; i < 300000; i++)
            free(malloc(opaque(100)));
    } else if (strcmp(what, "pthread_exit") == 0) {
        start(is_the_last);
        pthread_exit(NULL);
    } else if (strcmp(what, "pthread_exit_alone") == 0) {
        pthread_exit(NULL);
    } else if (strcmp(what, "abort") == 0) {
        abort();
    } else if (strcmp(what, "kill") == 0) {
        raise(SIGKILL);
    } else if (strcmp(what, "term") == 0) {
        raise(SIGTERM);
    } else if (strcmp(what, "chdir") == 0) {
        CHECK(chdir("/") == 0);
    } else if (strcmp(what, "nobody") == 0) {
        CHECK(setgid(65534) == 0 && setuid(65534) == 0);
    } else if (strcmp(what, "close") == 0) {
        for (int fd = 0; fd < 100; fd++)
            close(fd);
    } else if (strcmp(what, "redirect") == 0) { /* its stderr becomes a file of its own */
        CHECK(dup2(open("own.log", O_WRONLY | O_CREAT, 0600), STDERR_FILENO) == STDERR_FILENO);
    } else if (strcmp(what, "clearenv") == 0) {
        CHECK(clearenv() == 0);
    } else if (strcmp(what, "overwrite_environment") == 0) { /* as what shows a title in ps does */
        for (char **variable = environ; *variable; variable++)
            memset(*variable, 'x', strlen(*variable));
    } else if (strcmp(what, "small_files") == 0) { /* as a full disk: EFBIG, after SIGXFSZ */
        CHECK(setrlimit(RLIMIT_FSIZE, &(struct rlimit){100, 100}) == 0);
    } else if (strcmp(what, "no_files") == 0) {
        CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, 0}) == 0);
    } else if (strcmp(what, "ignore_xfsz") == 0) {
        signal(SIGXFSZ, SIG_IGN);
    } else if (strcmp(what, "fork") == 0 || strcmp(what, "fork_exit") == 0 ||
               strcmp(what, "fork_twice") == 0) {
        if ((pid = fork()) == 0) {
            more();
            if (strcmp(what, "fork_twice") == 0) {
                if ((pid = fork()) == 0)
                    _exit(3);
                wait_for(pid, 3);
            }
            strcmp(what, "fork_exit") == 0 ? exit(3) : _exit(3);
        }
        wait_for(pid, 3);
    } else if (strcmp(what, "fork_exec") == 0) {
        if ((pid = fork()) == 0) {
            execv(self, again);
            _exit(4);
        }
        wait_for(pid, 5);
    } else if (strcmp(what, "exec") == 0) {
        execv(self, again);
        _exit(4);
    } else if (strcmp(what, "exec_fails") == 0) {
        CHECK(execv("/no/such/command", no_command) == -1);
    } else if (strcmp(what, "vfork_fails") == 0) {
        if ((pid = vfork()) == 0) {
            execv("/no/such/command", no_command);
            _exit(127);
        }
        wait_for(pid, 127);
    } else if (strcmp(what, "vfork_exec") == 0) {
        if ((pid = vfork()) == 0) {
            execv(self, again);
            _exit(127);
        }
        wait_for(pid, 5);
    } else if (strcmp(what, "spawn_fails") == 0) {
        CHECK(posix_spawn(&pid, "/no/such/command", NULL, NULL, no_command, environ) != 0);
    } else if (strcmp(what, "spawn") == 0) {
        CHECK(posix_spawn(&pid, self, NULL, NULL, again, environ) == 0);
        wait_for(pid, 5);
    } else if (strcmp(what, "system") == 0) {
        CHECK(system("exit 7") == 7 << 8);
    } else if (strcmp(what, "mark") == 0) {
        const char *mark = getenv("MSHIM_FIRST");
        printf("%d %s\n", (int)getpid(), mark ? mark : "none");
        fflush(stdout);
    } else {
        CHECK(strcmp(what, "return") == 0);
    }
}

int main(int argc, char **argv) {
    self = argv[0];
    void *const own = malloc(opaque(1000));
    held = own;
    for (int i = 1; i < argc; i++)
        act(argv[i]);
    return 5;
}
