/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <mshim.h>
#include <pthread.h>

static void *brief(void *unused) {
    free(malloc(1000));
    return unused;
}

int main(void) {
    for (int i = 0; i < 1000; i += 4) {
        pthread_t threads[4];
        for (int t = 0; t < 4; t++)
            CHECK(pthread_create(&threads[t], NULL, brief, NULL) == 0);
        for (int t = 0; t < 4; t++)
            CHECK(pthread_join(threads[t], NULL) == 0);
    }
    int (*read_counters)(struct mshim_counters *, size_t) =
        (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    struct mshim_counters now;
    if (read_counters && read_counters(&now, sizeof now) == 0) {
        CHECK(now.threads_started == 1000 && now.threads_ended == 1000);
        CHECK(now.functions[MSHIM_FUNCTION_malloc].calls >= 1000);
    }
}
