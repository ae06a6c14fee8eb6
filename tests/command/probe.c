/* SPDX-License-Identifier: MIT */
/* Says what was handed to it: `probe` how it is served, `probe env NAME` a variable, `probe args …` its
 * arguments, `probe pid` its process id; `probe wait` the same as soon as it is up, and `probe zombie` that
 * of a child that has ended; both then wait to be killed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void print_served(void) {
    char line[4096], allocator[64], libc[16];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        const char *marker = strstr(line, "/memfd:mshim,");
        if (!marker)
            continue;
        const char *at = strstr(marker, ",allocator=");
        if (strstr(marker, ",served=yes") && at && sscanf(at, ",allocator=%63[^,]", allocator) == 1 &&
            sscanf(strstr(marker, "libc="), "libc=%15[^,]", libc) == 1) {
            printf("served by %s on %s\n", allocator, libc);
            return;
        }
        puts("stepped aside");
        return;
    }
    puts("not served");
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "env") == 0) {
        const char *value = getenv(argv[2]);
        puts(value ? value : "(not set)");
    } else if (strcmp(what, "args") == 0) {
        for (int i = 2; i < argc; i++)
            printf("[%s]\n", argv[i]);
    } else if (strcmp(what, "pid") == 0) {
        printf("%ld\n", (long)getpid());
    } else if (strcmp(what, "wait") == 0) {
        printf("%ld\n", (long)getpid());
        fflush(stdout);
        pause();
    } else if (strcmp(what, "zombie") == 0) {
        siginfo_t ended;
        const pid_t child = fork();
        if (child == 0)
            _exit(0);
        waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT);
        printf("%ld\n", (long)child);
        fflush(stdout);
        pause();
    } else if (strcmp(what, "exit") == 0) {
        return atoi(argv[2]);
    } else {
        print_served();
    }
    return 0;
}
