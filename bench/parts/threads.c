/* SPDX-License-Identifier: MIT */
/*
 * What threads do to an allocator, for the engine (engine/threads.py) to compare across preloads:
 *
 *     threads scale N      N threads that each allocate and free blocks of many sizes
 *     threads made N       short threads, N at a time, made and ended: 1024 in all
 *     threads elsewhere N  N threads, each of which frees what its neighbour has allocated
 *     threads idle N       N threads that have allocated a little and then wait
 *     threads fork N       N threads free 200 MiB and stay; a child allocates as much in its only thread
 *
 * It prints the mapped files as mapped=PATH lines, "ready", waits for a line, and answers with seconds, CPU
 * seconds and the peak of the resident set in bytes (of `fork`: all of the child). The work is the same for
 * every N, but for `idle`. Calls are ordinary ones through the PLT: built with -fno-builtin, so that the
 * compiler removes none.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    THREADS_MAX = 8192,
    OPERATIONS = 3 << 20, /* of malloc and free, of all threads together */
    LIVE_BLOCKS = 512,    /* of a thread */
    MADE_THREADS = 1024,
    BATCH_BLOCKS = 256,
    FORKED_BYTES = 200 << 20,
    FORKED_BLOCK_BYTES = 800,
};

struct thread {
    pthread_t id;
    uint64_t random;
    long operations;
};

static struct thread threads[THREADS_MAX];
static pthread_barrier_t together;
static int thread_count;

static void fail(const char *what) {
    fprintf(stderr, "threads: %s\n", what);
    exit(1);
}

static char *must(void *block) {
    if (!block)
        fail("out of memory");
    return block;
}

static double seconds_of(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/* Many small ones, few of up to 32 KiB. */
static size_t next_size(uint64_t *state) {
    const uint32_t random = next_random(state);
    return 16 + (random >> 8) % ((size_t)16 << random % 12);
}

static char *new_block(uint64_t *state) {
    char *block = must(malloc(next_size(state)));
    *(volatile char *)block = 1;
    return block;
}

static void allocate_and_free(struct thread *thread) {
    char *live[LIVE_BLOCKS] = {NULL};
    for (long i = 0; i < thread->operations; i += 2) {
        char **const place = &live[next_random(&thread->random) % LIVE_BLOCKS];
        free(*place);
        *place = new_block(&thread->random);
    }
    for (int i = 0; i < LIVE_BLOCKS; i++)
        free(live[i]);
}

static void *scale(void *argument) {
    allocate_and_free(argument);
    return NULL;
}

/* Each batch goes to the thread behind, at a barrier that all reach. */
static char **mailbox[THREADS_MAX];

static void *elsewhere(void *argument) {
    struct thread *const thread = argument;
    const int mine = (int)(thread - threads), neighbour = (mine + 1) % thread_count;
    for (long i = 0; i < thread->operations; i += 2 * BATCH_BLOCKS) {
        char **const batch = (char **)must(malloc(BATCH_BLOCKS * sizeof *batch));
        for (int block = 0; block < BATCH_BLOCKS; block++)
            batch[block] = new_block(&thread->random);
        mailbox[neighbour] = batch;
        pthread_barrier_wait(&together);
        char **const given = mailbox[mine];
        for (int block = 0; block < BATCH_BLOCKS; block++)
            free(given[block]);
        free(given);
        pthread_barrier_wait(&together);
    }
    return NULL;
}

static void *idle(void *argument) {
    struct thread *const thread = argument;
    char *blocks[8];
    for (int i = 0; i < 8; i++)
        blocks[i] = new_block(&thread->random);
    for (int i = 0; i < 8; i++)
        free(blocks[i]);
    pthread_barrier_wait(&together); /* all are there */
    pthread_barrier_wait(&together); /* and have been looked at */
    return NULL;
}

static void *fill_and_free(void *argument) {
    const int count = FORKED_BYTES / FORKED_BLOCK_BYTES / thread_count;
    char **const blocks = (char **)must(malloc((size_t)count * sizeof *blocks));
    (void)argument;
    for (int i = 0; i < count; i++)
        memset(blocks[i] = must(malloc(FORKED_BLOCK_BYTES)), 1, FORKED_BLOCK_BYTES);
    for (int i = 0; i < count; i++)
        free(blocks[i]);
    free(blocks);
    pthread_barrier_wait(&together);
    pthread_barrier_wait(&together);
    return NULL;
}

static void start(int first, int count, void *(*run)(void *), long operations) {
    for (int i = first; i < first + count; i++) {
        threads[i].random = (uint64_t)i + 1;
        threads[i].operations = operations;
        if (pthread_create(&threads[i].id, NULL, run, &threads[i]))
            fail("no thread can be made");
    }
}

static void join(int first, int count) {
    for (int i = first; i < first + count; i++)
        pthread_join(threads[i].id, NULL);
}

/* A field of /proc/self/status, in bytes. */
static long status_bytes(const char *key) {
    char line[256];
    long kib = 0;
    FILE *const status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, key, strlen(key)) == 0)
            kib = strtol(line + strlen(key), NULL, 10);
    if (status)
        fclose(status);
    return kib * 1024;
}

static void answer(double began, double cpu_began) {
    printf("%.9f %.9f %ld\n", seconds_of(CLOCK_MONOTONIC) - began,
           seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_began, status_bytes("VmHWM:"));
    fflush(stdout);
}

static void fork_and_fill(void) {
    pthread_barrier_wait(&together); /* everything has been freed */
    const pid_t child = fork();
    if (child < 0)
        fail("no child can be made");
    if (child == 0) {
        const double began = seconds_of(CLOCK_MONOTONIC), cpu_began = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        const int count = FORKED_BYTES / FORKED_BLOCK_BYTES;
        for (int i = 0; i < count; i++)
            memset(must(malloc(FORKED_BLOCK_BYTES)), 1, FORKED_BLOCK_BYTES);
        answer(began, cpu_began);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    pthread_barrier_wait(&together);
}

static void print_facts(void) {
    char line[4096];
    Dl_info found;
    if (dladdr(dlsym(RTLD_DEFAULT, "malloc"), &found))
        printf("malloc=%s\n", found.dli_fname);
    FILE *const maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        const char *const path = strchr(line, '/');
        if (path)
            printf("mapped=%s", path);
    }
    if (maps)
        fclose(maps);
    puts("ready");
    fflush(stdout);
}

int main(int argc, char **argv) {
    char line[16];
    const char *const kind = argc == 3 ? argv[1] : "";
    thread_count = argc == 3 ? atoi(argv[2]) : 0;
    if (thread_count < 1 || thread_count > THREADS_MAX)
        fail("KIND and a number of threads are wanted");
    print_facts();
    if (!fgets(line, sizeof line, stdin))
        return 1;
    const double began = seconds_of(CLOCK_MONOTONIC), cpu_began = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    pthread_barrier_init(&together, NULL, (unsigned)thread_count);
    if (strcmp(kind, "scale") == 0) {
        start(0, thread_count, scale, OPERATIONS / thread_count);
        join(0, thread_count);
    } else if (strcmp(kind, "made") == 0) {
        for (int made = 0; made < MADE_THREADS; made += thread_count) {
            start(0, thread_count, scale, OPERATIONS / 4 / MADE_THREADS);
            join(0, thread_count);
        }
    } else if (strcmp(kind, "elsewhere") == 0) {
        start(0, thread_count, elsewhere, OPERATIONS / 4 / thread_count);
        join(0, thread_count);
    } else if (strcmp(kind, "idle") == 0 || strcmp(kind, "fork") == 0) {
        pthread_barrier_destroy(&together);
        pthread_barrier_init(&together, NULL, (unsigned)thread_count + 1);
        start(0, thread_count, *kind == 'i' ? idle : fill_and_free, 0);
        if (*kind == 'i') {
            pthread_barrier_wait(&together);
            answer(began, cpu_began);
            pthread_barrier_wait(&together);
        } else {
            fork_and_fill();
        }
        join(0, thread_count);
        return 0;
    } else {
        fail("there is no such kind");
    }
    answer(began, cpu_began);
    return 0;
}
