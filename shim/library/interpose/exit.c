/* SPDX-License-Identifier: MIT */
/*
 * The exits that run no handlers: the report is written, then the process ends as it was asked to. (exit and
 * quick_exit run ours.)
 */
#include "library/process/exit.h"
#include "library/process/state.h"

#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef void exit_function(int status);

/* On the other libc its own flavour may be preloaded too, behind this one: it is asked. (A child of vfork may
 * end here, so it is looked up at the start.) */
static exit_function *behind;

__attribute__((constructor)) static void look_behind(void) {
    if (mshim_process.other_libc)
        behind = (exit_function *)dlsym(RTLD_NEXT, "_exit");
}

static _Noreturn void exit_process(int status) {
    if (behind)
        behind(status);
    mshim_exit_immediately();
    for (;;)
        syscall(SYS_exit_group, status);
}

MSHIM_EXPORT _Noreturn void _exit(int status) {
    exit_process(status);
}

MSHIM_EXPORT _Noreturn void _Exit(int status) {
    exit_process(status);
}
