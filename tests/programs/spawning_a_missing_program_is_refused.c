/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

int main(void) {
    char *const missing[] = {"no-such-program-anywhere", NULL}, *const there[] = {"true", NULL};
    pid_t pid = -5;
    int status = 1;
    for (int round = 0; round < 50; round++) {
        CHECK(posix_spawn(&pid, "/no/such/program", NULL, NULL, missing, environ) == ENOENT);
        CHECK(posix_spawnp(&pid, missing[0], NULL, NULL, missing, environ) == ENOENT);
        CHECK(posix_spawn(&pid, "/etc/passwd", NULL, NULL, missing, environ) == EACCES);
        errno = 0;
        CHECK(waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD); /* no child is left behind */
        free(malloc(opaque(1000)));
    }
    CHECK(posix_spawnp(&pid, "true", NULL, NULL, there, environ) == 0);
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
