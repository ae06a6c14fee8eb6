/* SPDX-License-Identifier: MIT */
/*
 * forks HOW COUNT: has so many workers, which are ended by SIGKILL.
 *
 *   waited    one after the other, each waited for
 *   zombies   one after the other, waited for at the end
 *   together  all at once: one more is forked afterwards, and sees to what they have left
 *   others    one after the other, which become another user's and end in good order
 *
 * Says after each step which processes live, and goes on when it reads a line.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void report(pid_t also) {
    char line[16];
    printf("%d %d\n", (int)getpid(), (int)also);
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin))
        exit(1);
}

/* Returns when it has come to its end of fork. */
static pid_t make_worker(uid_t user) {
    int up[2];
    char byte = 1;
    if (pipe(up) != 0)
        exit(1);
    const pid_t pid = fork();
    if (pid == 0) {
        if (user != 0)
            _exit(setuid(user) == 0 ? 0 : 1);
        if (write(up[1], &byte, 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(up[1]);
    if (user == 0 && read(up[0], &byte, 1) != 1)
        exit(1);
    close(up[0]);
    return pid;
}

static void wait_for(pid_t pid) {
    if (waitpid(pid, NULL, 0) != pid)
        exit(1);
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    const char *const how = argv[1];
    const int count = atoi(argv[2]);
    pid_t *const workers = malloc((size_t)count * sizeof *workers);
    if (strcmp(how, "together") == 0) {
        for (int i = 0; i < count; i++)
            workers[i] = make_worker(0);
        for (int i = 0; i < count; i++) {
            kill(workers[i], SIGKILL);
            wait_for(workers[i]);
        }
        const pid_t last = make_worker(0);
        report(last);
        kill(last, SIGKILL);
        wait_for(last);
        return 0;
    }
    for (int i = 0; i < count; i++) {
        workers[i] = make_worker(strcmp(how, "others") == 0 ? 65534 : 0);
        if (strcmp(how, "others") == 0) {
            wait_for(workers[i]);
            continue;
        }
        kill(workers[i], SIGKILL);
        if (strcmp(how, "waited") == 0)
            wait_for(workers[i]);
        else
            waitid(P_PID, (id_t)workers[i], &(siginfo_t){0}, WEXITED | WNOWAIT);
        report(0);
    }
    while (strcmp(how, "zombies") == 0 && wait(NULL) > 0)
        continue;
    return 0;
}
