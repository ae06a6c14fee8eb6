/* SPDX-License-Identifier: MIT */
#include "library/process/signals.h"

#include "shared/base/system_calls.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

void mshim_without_signals(void (*function)(void)) {
    sigset_t of_writing, pending, saved;
    sigemptyset(&of_writing);
    sigaddset(&of_writing, SIGPIPE);
    sigaddset(&of_writing, SIGXFSZ);
    sigpending(&pending);
    const bool was_pending = sigismember(&pending, SIGPIPE) > 0 || sigismember(&pending, SIGXFSZ) > 0;
    pthread_sigmask(SIG_BLOCK, &of_writing, &saved);
    function();
    while (!was_pending && mshim_take_signal(&of_writing) > 0)
        continue;
    pthread_sigmask(SIG_SETMASK, &saved, NULL);
}
