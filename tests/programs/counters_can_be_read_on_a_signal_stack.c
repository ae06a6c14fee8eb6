/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <mshim.h>
#include <pthread.h>
#include <signal.h>

static int (*read_counters)(struct mshim_counters *, size_t);
static struct mshim_counters now;
static volatile sig_atomic_t result = 5;

static void on_signal(int signal) {
    (void)signal;
    result = read_counters(&now, sizeof now);
}

static void *read_on_small_stack(void *unused) {
    static char memory[16384];
    const stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    memset(memory, 's', sizeof memory);
    CHECK(sigaltstack(&stack, NULL) == 0 && raise(SIGUSR1) == 0 && result == 0);
    CHECK(now.format == MSHIM_COUNTERS_FORMAT && now.functions[MSHIM_FUNCTION_malloc].calls >= 1);
    for (int i = 0; i < 2048; i++) /* the kernel's frame and the reading have left room */
        CHECK(memory[i] == 's');
    return unused;
}

int main(void) {
    read_counters = (int (*)(struct mshim_counters *, size_t))dlsym(RTLD_DEFAULT, "mshim_counters_read");
    if (!read_counters || read_counters(&now, sizeof now) != 0)
        SKIP("no counters here");
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    pthread_t thread;
    free(malloc(opaque(10)));
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(pthread_create(&thread, NULL, read_on_small_stack, NULL) == 0 && pthread_join(thread, NULL) == 0);
}
