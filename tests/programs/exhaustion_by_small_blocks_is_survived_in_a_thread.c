/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>
#include <sys/resource.h>

struct link {
    struct link *next;
    char rest[1000];
};

static void *exhaust(void *unused) {
    struct link *first = NULL;
    for (struct link *more; errno = 0, (more = malloc(sizeof *more)) != NULL; first = more) {
        more->next = first;
        memset(more->rest, 'r', sizeof more->rest);
    }
    CHECK(first && errno == ENOMEM);
    errno = 0;
    CHECK(calloc(opaque(64), 1 << 20) == NULL && errno == ENOMEM);
    while (first) {
        CHECK(first->rest[0] == 'r' && first->rest[999] == 'r');
        struct link *next = first->next;
        free(first);
        first = next;
    }
    void *again = malloc(sizeof *first);
    CHECK(again);
    free(again);
    return unused;
}

int main(void) {
    const struct rlimit limit = {320 << 20, 320 << 20};
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    for (int round = 0; round < 2; round++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, exhaust, NULL) == 0 && pthread_join(thread, NULL) == 0);
    }
}
