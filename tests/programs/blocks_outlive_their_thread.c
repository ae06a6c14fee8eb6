/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>

enum { BLOCKS = 500 };

static void *allocate(void *out) {
    for (int i = 0; i < BLOCKS; i++) {
        ((char **)out)[i] = malloc((size_t)i * 37 + 1);
        ((char **)out)[i][0] = (char)i;
    }
    return NULL;
}

int main(void) {
    for (int round = 0; round < 20; round++) {
        char *blocks[BLOCKS];
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, allocate, blocks) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        for (int i = 0; i < BLOCKS; i++) {
            CHECK(blocks[i][0] == (char)i);
            free(blocks[i]);
        }
    }
}
