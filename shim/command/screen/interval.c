/* SPDX-License-Identifier: MIT */
#include "command/screen/interval.h"

#include "shared/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static sigset_t only_interrupt(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    return set;
}

void mshim_interval_begin(void) {
    const sigset_t interrupt = only_interrupt();
    sigprocmask(SIG_BLOCK, &interrupt, NULL);
}

bool mshim_interval_wait(uint64_t began_ns, uint64_t interval_ns) {
    const sigset_t interrupt = only_interrupt();
    const uint64_t passed_ns = mshim_now_ns() - began_ns;
    const struct timespec left = mshim_ns_timespec(interval_ns - passed_ns % interval_ns);
    int signal;
    do
        signal = sigtimedwait(&interrupt, NULL, &left);
    while (signal < 0 && errno == EINTR);
    return signal != SIGINT;
}
