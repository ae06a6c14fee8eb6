/* SPDX-License-Identifier: MIT */
/* victim PROGRESS THREADS ROUNDS: threads that allocate and free and keep count of it, until they are killed
 * or have done their rounds (0: for ever). */
#include "../../programs/check.h"
#include "progress.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

static struct progress *progress;
static uint64_t rounds;

#define STEP(step, call)                                                                                     \
    do {                                                                                                     \
        atomic_fetch_add(&(step).begun, 1);                                                                  \
        call;                                                                                                \
        atomic_fetch_add(&(step).done, 1);                                                                   \
    } while (0)

static void *work(void *number) {
    const unsigned thread = (unsigned)(uintptr_t)number;
    const size_t size = opaque(size_of_thread(thread));
    enum { KEPT = 300 };
    void *kept[KEPT] = {NULL};
    for (uint64_t round = 0; rounds == 0 || round < rounds; round++) {
        void **place = &kept[round * 7 % KEPT];
        if (*place)
            STEP(progress->threads[thread].frees, free(*place));
        if (round % 11 == 3)
            STEP(progress->threads[thread].callocs, *place = calloc(1, size));
        else
            STEP(progress->threads[thread].mallocs, *place = malloc(size));
        if (round % 13 == 5)
            STEP(progress->threads[thread].reallocs, *place = realloc(*place, size - 1));
    }
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 4);
    const int fd = open(argv[1], O_RDWR);
    const unsigned threads = (unsigned)atoi(argv[2]);
    CHECK(fd >= 0 && threads <= THREADS_MAX);
    rounds = strtoull(argv[3], NULL, 10);
    progress = mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(progress != MAP_FAILED);
    pthread_t ids[THREADS_MAX];
    for (unsigned i = 0; i < threads; i++) /* the first thread calls for the libc, too */
        CHECK(pthread_create(&ids[i], NULL, work, (void *)(uintptr_t)i) == 0);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    return 5;
}
