/* SPDX-License-Identifier: MIT */
/* What the library does when it is loaded and when the process runs its destructors. */
#include "library/libc/snprintf/snprintf.h"
#include "library/libc/strftime/strftime.h"
#include "library/libc/string/memfuncs.h"
#include "library/libc/string/watched.h"
#include "library/process/children.h"
#include "library/process/exit.h"
#include "library/process/first.h"
#include "library/process/fork.h"
#include "library/process/interposed.h"
#include "library/process/libc.h"
#include "library/process/marker.h"
#include "library/process/memory_pressure.h"
#include "library/process/messages.h"
#include "library/process/python_backend.h"
#include "library/process/report_file.h"
#include "library/process/select.h"
#include "library/process/state.h"
#include "library/process/stats_lifecycle.h"
#include "library/sampling/tick.h"
#include "shared/options/note.h"

#include <dlfcn.h>
#include <errno.h>

MSHIM_NOTE_DEFINE(MSHIM_LIBC, MSHIM_VERSION);

static void mark_first(void) {
    const enum mshim_first first = mshim_first_read(mshim_environment());
    mshim_process.first = first != MSHIM_NOT_FIRST;
    if (first == MSHIM_FIRST_NOW) {
        mshim_message_print_kept();
        mshim_first_mark();
    }
}

/* The glibc flavour does not have them. */
static void select_libc_functions(void) {
#ifdef __GLIBC__
    mshim_process.options.memfuncs = false;
#else
    mshim_memfuncs_select(mshim_process.options.memfuncs);
    if (mshim_process.counting)
        mshim_memfuncs_watched_start();
    mshim_strftime_select(mshim_process.options.memfuncs);
    mshim_snprintf_select(mshim_process.options.memfuncs);
#endif
}

static void construct_active(void) {
    /* First, as all that follows may copy and format. */
    select_libc_functions();
    /* Before CPython's domains: their calls are sampled from the first one. */
    if (mshim_process.counting)
        mshim_tick_start();
    /* Puts entry points of its own before the allocator's: before anybody takes a pointer to these. */
    mshim_memory_pressure_start();
    /* CPython's domains take the allocator's entry points, and what is in force is published below. */
    mshim_python_backend_start();
    /* Handlers before fork run last registered first: ours are the oldest, unless another library's
     * constructor ran before this one, in which case they were registered then. */
    mshim_fork_start();
    mshim_at_quick_exit(mshim_exit);
    /* A relative path is meant from the folder that the process was started in. */
    mshim_report_file_start();
    /* All options are known by now, CPython's too, and stand in the stats file; and the marker says why there
     * is none. */
    mshim_stats_lifecycle_start();
    /* The loader has read LD_PRELOAD, and this library has read the environment. */
    if (mshim_process.options.children == MSHIM_CHILDREN_DROP)
        mshim_children_drop();
    if (!mshim_execution_is_secure())
        mark_first();
    /* Last, as it says what came of all this. */
    mshim_marker_map(mshim_malloc_is_interposed() ? NULL : "own-malloc");
    if (mshim_process.options.verbose)
        mshim_message_verbose();
}

/* With the smallest number that the compiler leaves to programs: before other constructors that allocate. */
__attribute__((constructor(101))) static void construct(void) {
    const int saved = errno;
    mshim_start();
    if (mshim_process.other_libc)
        mshim_marker_map("other-libc");
    else
        construct_active();
    (void)dlerror(); /* of what was looked up and is not there */
    errno = saved;   /* main begins with what the libc left */
}

__attribute__((destructor(101))) static void destruct(void) {
    mshim_exit();
}
