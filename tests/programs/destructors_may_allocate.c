/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <pthread.h>

static pthread_key_t keys[3];
static int runs;

static void destroy(void *value) {
    char *block = realloc(value, 5000);
    CHECK(block);
    if (++runs % 4 != 0) /* several rounds of destructors */
        pthread_setspecific(keys[runs % 3], block);
    else
        free(block);
    free(malloc(100));
}

static void *set_values(void *unused) {
    for (int i = 0; i < 3; i++)
        CHECK(pthread_setspecific(keys[i], malloc(100)) == 0);
    return unused;
}

int main(void) {
    for (int i = 0; i < 3; i++)
        CHECK(pthread_key_create(&keys[i], destroy) == 0);
    for (int i = 0; i < 50; i++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, set_values, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
    }
    CHECK(runs > 0);
}
