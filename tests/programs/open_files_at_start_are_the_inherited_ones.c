/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <fcntl.h>
#include <sys/wait.h>

enum { MOST = 1024 };

static void close_from(int fd) {
    for (; fd < MOST; fd++)
        close(fd);
}

static int open_files(void) {
    int count = 0;
    for (int fd = 0; fd < MOST; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}

/* Starts itself with descriptors 0 to 2 alone, then with none: there must be as many when main begins. */
int main(int argc, char **argv) {
    if (argc > 1)
        _exit(open_files() == atoi(argv[1]) ? 0 : 1);
    for (int kept = 0; kept <= 3; kept += 3) {
        const char text[] = {(char)('0' + kept), 0};
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            close_from(kept);
            execl("/proc/self/exe", argv[0], text, (char *)NULL);
            _exit(126);
        }
        int status = 0;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}
