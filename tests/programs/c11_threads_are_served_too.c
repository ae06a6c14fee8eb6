/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <mshim.h>
#include <threads.h>

static int recurse(int kib) {
    volatile char frame[1024];
    frame[0] = (char)kib;
    return kib == 0 ? 0 : recurse(kib - 1) + (frame[0] == (char)kib);
}

static int deep(void *unused) {
    (void)unused;
    free(malloc(1000));
    return recurse(6000);
}

/* thrd_create is another way into the libc than pthread_create. */
int main(void) {
    if (!is_preloaded())
        SKIP("not preloaded");
    thrd_t thread;
    int result = 0;
    CHECK(thrd_create(&thread, deep, NULL) == thrd_success && thrd_join(thread, &result) == thrd_success);
    CHECK(result == 6000);
    int (*read_counters)(struct mshim_counters *, size_t) =
        (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    static struct mshim_counters now;
    if (read_counters(&now, sizeof now) == 0)
        CHECK(now.threads_started == 1 && now.threads_ended == 1);
}
