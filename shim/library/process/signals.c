/* SPDX-License-Identifier: MIT */
#include "library/process/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

void mshim_without_signals(void (*function)(void)) {
    sigset_t of_writing, pending, saved;
    const struct timespec at_once = {0, 0};
    sigemptyset(&of_writing);
    sigaddset(&of_writing, SIGPIPE);
    sigaddset(&of_writing, SIGXFSZ);
    sigpending(&pending);
    const bool was_pending = sigismember(&pending, SIGPIPE) > 0 || sigismember(&pending, SIGXFSZ) > 0;
    pthread_sigmask(SIG_BLOCK, &of_writing, &saved);
    function();
    while (!was_pending && sigtimedwait(&of_writing, NULL, &at_once) > 0)
        continue;
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
}
