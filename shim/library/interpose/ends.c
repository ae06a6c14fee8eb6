/* SPDX-License-Identifier: MIT */
/*
 * The ends of a process that run no handlers: the report is written, then the process ends as it was asked
 * to. (exit and quick_exit run ours.)
 */
#include "library/allocators/dispatch.h"
#include "library/process/end.h"
#include "library/process/start.h"

#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef void end_function(int status);

/* On the other libc its own flavour may be preloaded too, behind this one: it is asked. (A child of vfork may
 * end here, so it is looked up at the start.) */
static end_function *behind;

__attribute__((constructor)) static void look_behind(void) {
    if (mshim_process.foreign)
        behind = (end_function *)dlsym(RTLD_NEXT, "_exit");
}

static _Noreturn void end(int status) {
    if (behind)
        behind(status);
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
