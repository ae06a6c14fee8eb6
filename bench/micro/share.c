// SPDX-License-Identifier: MIT
// Programs whose time in allocation calls share.py compares with what perf says.
//
//     share small|large|threads SECONDS

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SMALL_SLOTS = 4096, LARGE_SLOTS = 32, ROUND = 100, MOST_USED = 4096, THREADS = 4 };

static double seconds;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static uint64_t next(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static char *must(char *block) {
    if (!block) {
        fputs("share: out of memory\n", stderr);
        exit(1);
    }
    return block;
}

// A table of blocks, one replaced at a time by one of another size, whose beginning is filled and added up.
static uint64_t replace(char **slots, size_t count, size_t least, size_t most, uint64_t *state) {
    const size_t at = next(state) % count, bytes = least + next(state) % (most - least);
    uint64_t sum = 0;
    free(slots[at]);
    slots[at] = must(malloc(bytes));
    const size_t used = bytes < MOST_USED ? bytes : MOST_USED;
    memset(slots[at], (int)at, used);
    for (size_t i = 0; i < used; i++)
        sum = sum * 31 + (unsigned char)slots[at][i];
    return sum;
}

static void work(size_t count, size_t least, size_t most) {
    char **slots = (char **)must(calloc(count, sizeof *slots));
    uint64_t state = 88172645463325252u ^ (uintptr_t)slots;
    volatile uint64_t sum = 0;
    for (const double end = now() + seconds; now() < end;)
        for (int i = 0; i < ROUND; i++)
            sum += replace(slots, count, least, most, &state);
    for (size_t i = 0; i < count; i++)
        free(slots[i]);
    free(slots);
}

static void *small(void *unused) {
    work(SMALL_SLOTS, 8, 100);
    return unused;
}

static void large(void) {
    work(LARGE_SLOTS, 64 * 1024, 4 * 1024 * 1024);
}

static void threads(void) {
    pthread_t all[THREADS];
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&all[i], NULL, small, NULL)) {
            fputs("share: no thread can be made\n", stderr);
            exit(1);
        }
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(all[i], NULL);
}

int main(int argc, char **argv) {
    if (argc != 3 || (seconds = atof(argv[2])) <= 0)
        return fputs("usage: share small|large|threads SECONDS\n", stderr), 2;
    if (!strcmp(argv[1], "small"))
        small(NULL);
    else if (!strcmp(argv[1], "large"))
        large();
    else if (!strcmp(argv[1], "threads"))
        threads();
    else
        return fprintf(stderr, "share: '%s' is no program; small, large and threads are\n", argv[1]), 2;
    return 0;
}
