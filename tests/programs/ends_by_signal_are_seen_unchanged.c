/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

int main(void) {
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    const int signals[] = {SIGKILL, SIGABRT, SIGTERM, SIGSEGV};
    for (int i = 0; i < 4; i++) {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            free(malloc(100));
            if (signals[i] == SIGABRT)
                abort();
            raise(signals[i]);
            _exit(0);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
    }
}
