/* SPDX-License-Identifier: MIT */
/* work BLOCKS [MS]: allocates and frees so many blocks of 100 bytes, works for at least so many milliseconds
 * of CPU time. work start COMMAND…: starts a command and waits for it. work daemon FILE: leaves a
 * process behind that is in a session of its own and writes its id into a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int start(char **argv) {
    int status;
    const pid_t child = fork();
    if (child == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

static int leave_daemon(const char *path) {
    if (fork() != 0)
        return usleep(100000);
    setsid();
    if (fork() != 0)
        _exit(0);
    FILE *file = fopen(path, "a");
    fprintf(file, "%ld\n", (long)getpid());
    fclose(file);
    sleep(100);
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 2 && strcmp(argv[1], "start") == 0)
        return start(argv + 2);
    if (argc > 2 && strcmp(argv[1], "daemon") == 0)
        return leave_daemon(argv[2]);
    const long blocks = argc > 1 ? atol(argv[1]) : 0, ms = argc > 2 ? atol(argv[2]) : 30;
    for (long i = 0; i < blocks; i++) {
        char *volatile block = malloc(100);
        *block = 1;
        free(block);
    }
    while (clock() * 1000 / CLOCKS_PER_SEC < ms)
        continue;
    return 0;
}
