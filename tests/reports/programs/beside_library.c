/* SPDX-License-Identifier: MIT */
/* A library whose constructor is the first to allocate, which may register handlers of fork, keeps a block
 * until its destructor, and gives and takes blocks. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static char *kept, *replaced;

static void churn(void) {
    void *blocks[40];
    for (int i = 0; i < 40; i++)
        blocks[i] = malloc((size_t)i * i * 60);
    for (int i = 0; i < 40; i++)
        free(blocks[i]);
}

__attribute__((constructor)) static void construct(void) {
    kept = malloc(1234);
    if (kept)
        strcpy(kept, "kept");
    replaced = calloc(10, 100);
#ifdef FORK_HANDLERS
    pthread_atfork(churn, churn, churn); /* before anybody else's */
#endif
    churn();
}

__attribute__((destructor)) static void destruct(void) {
    free(kept);
    kept = malloc(77);
    churn();
    free(kept);
    free(replaced);
}

const char *library_kept(void) {
    kept = realloc(kept, 100000);
    return kept;
}

void *library_gives(size_t size) {
    return memset(malloc(size), 1, size);
}

void library_takes(void *block) {
    free(block);
}
