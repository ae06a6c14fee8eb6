/* SPDX-License-Identifier: MIT */
/*
 * The ends of a process that run no handlers: the report is written, then the process ends as it was asked
 * to. (exit and quick_exit run ours.)
 */
#include "interpose/dispatch.h"
#include "process/end.h"

#include <sys/syscall.h>
#include <unistd.h>

static _Noreturn void end(int status) {
    mshim_end();
    for (;;)
        syscall(SYS_exit_group, status);
}

MSHIM_EXPORT _Noreturn void _exit(int status) {
    end(status);
}

MSHIM_EXPORT _Noreturn void _Exit(int status) {
    end(status);
}
