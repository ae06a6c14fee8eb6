/* SPDX-License-Identifier: MIT */
/* A program that restricts itself may be ended for a system call that it does not make itself, such as the
 * removal of its stats file: from here on the library makes none of its own. */
#include "library/interpose/thread_stack.h"
#include "library/process/housekeeping.h"
#include "library/process/state.h"
#include "library/sampling/sampler.h"
#include "shared/base/clock.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not for a child of vfork, which restricts itself alone but shares this memory. What is asked of the kernel
 * now cannot be asked later. */
static void enter_sandbox(void) {
    if (mshim_process.sandboxed || getpid() != mshim_process.pid)
        return;
    const int saved = errno;
    mshim_thread_stack_prepare();
    if (mshim_process.counting)
        mshim_housekeeping_publish();
    mshim_process.sandboxed = true;
    mshim_sampling_sandboxed();
    errno = saved;
}

MSHIM_EXPORT int prctl(int operation, ...) {
    va_list rest;
    va_start(rest, operation);
    const unsigned long first = va_arg(rest, unsigned long), second = va_arg(rest, unsigned long),
                        third = va_arg(rest, unsigned long), fourth = va_arg(rest, unsigned long);
    va_end(rest);
    /* libseccomp asks for the second and installs its filter by syscall(2). */
    if (operation == PR_SET_SECCOMP || operation == PR_SET_NO_NEW_PRIVS)
        enter_sandbox();
    /* The strictest takes the cycle counter away, too. */
    if ((operation == PR_SET_TSC && first == PR_TSC_SIGSEGV) ||
        (operation == PR_SET_SECCOMP && first == SECCOMP_MODE_STRICT)) {
        mshim_sampling_stop();
        mshim_clock_asks_kernel = true;
    }
    return (int)syscall(SYS_prctl, operation, first, second, third, fourth);
}
