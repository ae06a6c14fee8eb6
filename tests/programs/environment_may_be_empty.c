/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <sys/wait.h>

extern char **environ;

/* Nothing but the preload; then a child without any environment, which is not preloaded. */
int main(int argc, char **argv) {
    if (argc > 1) {
        free(malloc(100));
        if (argv[1][0] == 'p')
            return is_preloaded() && getenv("MSHIM_FIRST") && atoi(getenv("MSHIM_FIRST")) == (int)getpid()
                       ? 9
                       : 1;
        return !is_preloaded() && (!environ || !environ[0]) ? 9 : 2;
    }
    const char *preload = getenv("LD_PRELOAD");
    if (!preload)
        SKIP("not preloaded");
    char variable[4200];
    snprintf(variable, sizeof variable, "LD_PRELOAD=%s", preload);
    char *const only[] = {variable, NULL}, *const none[] = {NULL};
    char *const *const environments[] = {only, none, NULL};
    for (int i = 0; i < 3; i++) {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            execve(argv[0], (char *[]){argv[0], i == 0 ? "preloaded" : "bare", NULL}, environments[i]);
            _exit(3);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 9);
    }
}
