/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <mshim.h>
#include <signal.h>
#include <sys/time.h>

static int (*read_counters)(struct mshim_counters *, size_t);
static volatile sig_atomic_t reads, wrong;

static void on_timer(int signal) {
    static struct mshim_counters now;
    (void)signal;
    const int saved = errno;
    if (read_counters(&now, sizeof now) != 0 || now.functions[MSHIM_FUNCTION_malloc].calls == 0)
        wrong = 1;
    if (errno != saved)
        wrong = 1;
    reads++;
}

int main(void) {
    read_counters = (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    if (!read_counters)
        SKIP("not preloaded");
    free(malloc(opaque(10)));
    signal(SIGALRM, on_timer);
    const struct itimerval every = {{0, 500}, {0, 500}};
    setitimer(ITIMER_REAL, &every, NULL);
    char *block = NULL;
    for (unsigned i = 0; reads < 300; i++) {
        free(malloc(i % 5000));
        block = realloc(block, i % 100000 + 1);
        CHECK(block);
    }
    CHECK(!wrong);
}
