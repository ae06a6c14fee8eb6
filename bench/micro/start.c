/* SPDX-License-Identifier: MIT */
/*
 * start fork|spawn COUNT, start threads COUNT: run by start.py.
 *
 * fork: forks COUNT children that exit at once, one after the other. spawn: the same by posix_spawn of this program.
 * Prints wall time and CPU time (of both processes) per child, in nanoseconds.
 *
 * threads: starts COUNT threads that allocate one small block each and wait, all at once. Prints the resident bytes of
 * the process.
 */
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t cpu_ns_of(int who) {
    struct rusage usage;
    getrusage(who, &usage);
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000u +
           (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000u;
}

static uint64_t cpu_ns(void) {
    return cpu_ns_of(RUSAGE_SELF) + cpu_ns_of(RUSAGE_CHILDREN);
}

static pid_t by_fork(char *program) {
    (void)program;
    const pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child;
}

static pid_t by_spawn(char *program) {
    pid_t child;
    char *const arguments[] = {program, "nothing", NULL};
    return posix_spawn(&child, program, NULL, NULL, arguments, environ) == 0 ? child : -1;
}

static int children(pid_t (*start)(char *program), char *program, int count) {
    const uint64_t began_ns = now_ns(), cpu_began_ns = cpu_ns();
    for (int i = 0; i < count; i++) {
        int status;
        const pid_t child = start(program);
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            return 1;
    }
    printf("%llu %llu\n", (unsigned long long)(now_ns() - began_ns) / (unsigned)count,
           (unsigned long long)(cpu_ns() - cpu_began_ns) / (unsigned)count);
    return 0;
}

static pthread_barrier_t all_there, gate;

static void *idle(void *unused) {
    (void)unused;
    char *const block = malloc(100);
    if (!block)
        abort();
    memset(block, 1, 100);
    pthread_barrier_wait(&all_there);
    pthread_barrier_wait(&gate);
    free(block);
    return NULL;
}

static unsigned long long resident_bytes(void) {
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%*u %llu", &pages) != 1)
        return 0;
    fclose(file);
    return pages * (unsigned long long)sysconf(_SC_PAGESIZE);
}

static int threads(int count) {
    pthread_barrier_init(&all_there, NULL, (unsigned)count + 1);
    pthread_barrier_init(&gate, NULL, (unsigned)count + 1);
    for (int i = 0; i < count; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, idle, NULL) != 0)
            return 1;
        pthread_detach(thread);
    }
    pthread_barrier_wait(&all_there);
    printf("%llu\n", resident_bytes());
    fflush(stdout);
    _exit(0);
}

int main(int argc, char **argv) {
    const int count = argc == 3 ? atoi(argv[2]) : 0;
    if (argc == 2 && strcmp(argv[1], "nothing") == 0)
        return 0;
    if (count > 0 && strcmp(argv[1], "fork") == 0)
        return children(by_fork, argv[0], count);
    if (count > 0 && strcmp(argv[1], "spawn") == 0)
        return children(by_spawn, argv[0], count);
    if (count > 0 && strcmp(argv[1], "threads") == 0)
        return threads(count);
    fprintf(stderr, "usage: start fork|spawn|threads COUNT\n");
    return 2;
}
