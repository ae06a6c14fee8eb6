/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <fcntl.h>
#include <sys/wait.h>

/* The numbers 0, 1 and 2 belong to the program when it was started without them. */
int main(int argc, char **argv) {
    if (argc > 1) {
        for (int fd = 0; fd < 3; fd++)
            if (fcntl(fd, F_GETFD) != -1)
                return 10 + fd;
        free(malloc(100));
        return open("/dev/null", O_RDONLY) == 0 ? 9 : 20;
    }
    for (int round = 0; round < 3; round++) {
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            if (round == 1) /* a message that has nowhere to go */
                setenv("MSHIM_STATS", "wrong", 1), unsetenv("MSHIM_FIRST");
            if (round == 2)
                setenv("MSHIM_REPORT", "-", 1), unsetenv("MSHIM_FIRST");
            for (int fd = 0; fd < 3; fd++)
                close(fd);
            execl(argv[0], argv[0], "closed", (char *)NULL);
            _exit(1);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
        if (WEXITSTATUS(status) != 9) {
            fprintf(stderr, "round %d: status %d\n", round, WEXITSTATUS(status));
            return 1;
        }
    }
}
