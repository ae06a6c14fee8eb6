// SPDX-License-Identifier: MIT
// What a call into the allocator costs, for the engine (engine/price.py) to compare across preloads.
//
// It answers one request a line, and otherwise waits, so that many of these can take turns:
//
//     pair BYTES THREADS COUNT     COUNT times malloc(BYTES), write a byte, free
//     chain BYTES THREADS COUNT    COUNT times malloc(BYTES), realloc to 2, 3 and 4 times as much, free
//     spin 0 THREADS COUNT         COUNT rounds of arithmetic: what the processors give without any allocator
//     facts                        the mapped files as mapped=PATH lines, then "ready"
//     end                          (or the end of input)
//
// The answer is the nanoseconds of one call, as one thread sees it. THREADS 0 is the main thread of a process
// that has made no other; 1 and 2 are threads made for the request. Calls are ordinary ones through the PLT,
// as a program makes them: built with -fno-builtin, so that the compiler removes none.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_THREADS = 2 };

typedef void operation(size_t bytes, long count);

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static char *must(void *block) {
    if (!block) {
        fputs("price: out of memory\n", stderr);
        exit(1);
    }
    return block;
}

static void pair(size_t bytes, long count) {
    for (long i = 0; i < count; i++) {
        char *block = must(malloc(bytes));
        *(volatile char *)block = 1;
        free(block);
    }
}

static void chain(size_t bytes, long count) {
    for (long i = 0; i < count; i++) {
        char *block = must(malloc(bytes));
        *(volatile char *)block = 1;
        for (size_t times = 2; times <= 4; times++)
            block = must(realloc(block, times * bytes));
        free(block);
    }
}

static void spin(size_t bytes, long count) {
    uint64_t value = bytes + 1;
    for (long i = 0; i < count; i++) {
        value = value * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(value)); // every round is made
    }
}

static const struct {
    const char *name;
    operation *run;
    int calls; // in one round
} operations[] = {{"pair", pair, 2}, {"chain", chain, 5}, {"spin", spin, 1}};

struct job {
    pthread_t thread;
    pthread_barrier_t *together;
    operation *run;
    size_t bytes;
    long count;
    uint64_t began_ns, ended_ns;
};

// Thread caches and first pages are filled before the clock starts.
static void warm(const struct job *job) {
    job->run(job->bytes, job->count / 20 + 16);
}

static void *work(void *argument) {
    struct job *job = argument;
    warm(job);
    if (job->together)
        pthread_barrier_wait(job->together);
    job->began_ns = now_ns();
    job->run(job->bytes, job->count);
    job->ended_ns = now_ns();
    return NULL;
}

// From the first thread's begin to the last one's end.
static uint64_t measure(operation *run, size_t bytes, int threads, long count) {
    struct job jobs[MOST_THREADS] = {{0}};
    pthread_barrier_t together;
    struct job job = {.run = run, .bytes = bytes, .count = count};
    if (threads == 0) {
        work(&job);
        return job.ended_ns - job.began_ns;
    }
    pthread_barrier_init(&together, NULL, (unsigned)threads);
    job.together = &together;
    for (int i = 0; i < threads; i++) {
        jobs[i] = job;
        if (pthread_create(&jobs[i].thread, NULL, work, &jobs[i])) {
            fputs("price: no thread can be made\n", stderr);
            exit(1);
        }
    }
    uint64_t began_ns = UINT64_MAX, ended_ns = 0;
    for (int i = 0; i < threads; i++) {
        pthread_join(jobs[i].thread, NULL);
        if (jobs[i].began_ns < began_ns)
            began_ns = jobs[i].began_ns;
        if (jobs[i].ended_ns > ended_ns)
            ended_ns = jobs[i].ended_ns;
    }
    pthread_barrier_destroy(&together);
    return ended_ns - began_ns;
}

static void print_facts(void) {
    char line[4096];
    Dl_info found;
    if (dladdr(dlsym(RTLD_DEFAULT, "malloc"), &found))
        printf("malloc=%s\n", found.dli_fname);
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        const char *path = strchr(line, '/');
        if (path)
            printf("mapped=%s", path);
    }
    if (maps)
        fclose(maps);
    puts("ready");
}

static int answer(const char *line) {
    char name[16];
    size_t bytes;
    int threads;
    long count;
    if (!strcmp(line, "facts\n")) {
        print_facts();
        return 1;
    }
    if (sscanf(line, "%15s %zu %d %ld", name, &bytes, &threads, &count) != 4 || threads < 0 ||
        threads > MOST_THREADS || count < 1)
        return 0;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (!strcmp(name, operations[i].name)) {
            uint64_t spent_ns = measure(operations[i].run, bytes, threads, count);
            printf("%.4f\n", (double)spent_ns / (double)count / operations[i].calls);
            return 1;
        }
    }
    return 0;
}

int main(void) {
    static char in[4096], out[4096];
    char line[256];
    setvbuf(stdin, in, _IOLBF, sizeof in);
    setvbuf(stdout, out, _IOFBF, sizeof out);
    while (fgets(line, sizeof line, stdin) && strcmp(line, "end\n")) {
        if (!answer(line)) {
            fprintf(stderr, "price: not a request: %s", line);
            return 2;
        }
        fflush(stdout);
    }
    return 0;
}
