/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <spawn.h>
#include <sys/wait.h>

extern char **environ;

int main(void) {
    char *block = malloc(opaque(100));
    strcpy(block, "parent's");
    for (int i = 0; i < 50; i++) {
        const pid_t pid = vfork();
        CHECK(pid >= 0);
        if (pid == 0) {
            execl("/no/such/command", "command", (char *)NULL);
            _exit(127);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 127);
        char *const arguments[] = {"command", NULL};
        pid_t spawned;
        CHECK(posix_spawn(&spawned, "/no/such/command", NULL, NULL, arguments, environ) == ENOENT);
    }
    CHECK(strcmp(block, "parent's") == 0);
    free(block);
}
