/* SPDX-License-Identifier: MIT */
/*
 * _Fork runs no handlers, and may be called in a signal handler: the child gets counters of its own all the
 * same, and nothing else of what fork's handlers do. (A child by clone(2) is not known: it goes on counting
 * in its parent's stats.)
 */
#include "library/process/fork.h"
#include "library/counters/records.h"
#include "library/process/report_file.h"
#include "library/process/state.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

static pid_t (*libc_fork)(void);

__attribute__((constructor(102))) static void find(void) {
    libc_fork = (pid_t(*)(void))dlsym(RTLD_NEXT, "_Fork");
    (void)dlerror();
}

MSHIM_EXPORT pid_t _Fork(void);
pid_t _Fork(void) {
    if (!libc_fork) {
        errno = ENOSYS;
        return -1;
    }
    const bool prepared = mshim_process.counting && mshim_counters_fork_before(false);
    const pid_t pid = libc_fork();
    if (pid == 0) {
        mshim_process.pid = mshim_process.sandboxed ? 0 : getpid();
        mshim_report_file_drop();
        mshim_fork_count_in_child(prepared);
    } else if (prepared)
        mshim_counters_fork_parent();
    return pid;
}
